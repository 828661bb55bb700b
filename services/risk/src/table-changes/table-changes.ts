import { RiskTableChanged } from '@client-graph/events';
import {
  type Approvable,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  openApproval,
  type PageArgs,
  page,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { canonicalJson } from '../canonical.rules.js';
import { AlertRuleRow, AssessmentRuleRow, TableChangeRow } from '../entities.js';
import type {
  DecideTableChangeInput,
  ProposeRetirementInput,
  ProposeTableInput,
} from '../generated/resolvers.js';
import { mustBeAsked, retireAsked } from '../questionnaires/proposals.js';
import { hashOf } from '../questionnaires/questionnaires.js';
import {
  type ChangeState,
  mustFollow,
  type ReadTable,
  readTable,
  refuseTable,
  type TableKind,
} from './table-changes.rules.js';

const approvable = (action: string): Approvable => ({
  action,
  scope: 'questionnaires:approve',
  days: 30,
  lapse: async (tx, id) => {
    await close(tx, await findForUpdate(tx, TableChangeRow, id), 'EXPIRED', null);
  },
});

/** What one person proposes and another decides here; questionnaires themselves have their own proposals. */
export const CHANGE_TABLE = approvable('CHANGE_RISK_TABLE');
export const RETIRE_QUESTIONNAIRE = approvable('RETIRE_QUESTIONNAIRE');

const approvableOf = ({ kind }: TableChangeRow): Approvable =>
  kind === 'QUESTIONNAIRE_RETIREMENT' ? RETIRE_QUESTIONNAIRE : CHANGE_TABLE;

const CONTENT_MAX = 400_000;

function parsed(content: string): unknown {
  if (content.length > CONTENT_MAX)
    throw refuse('BAD_INPUT', { field: 'content', expected: `at most ${CONTENT_MAX} characters` });
  try {
    return JSON.parse(content);
  } catch {
    throw refuseTable('TABLE_MALFORMED', { problems: ['content: is not JSON'] });
  }
}

const ROWS = { ASSESSMENT_RULES: AssessmentRuleRow, ALERT_RULES: AlertRuleRow } as const;

/** The versions that are there, newest first. */
export const versionsOf = (tx: Tx, kind: TableKind): Promise<(AssessmentRuleRow | AlertRuleRow)[]> =>
  tx.find<AssessmentRuleRow | AlertRuleRow>(ROWS[kind], {
    order: { effectiveFrom: 'DESC', version: 'DESC' },
  });

/** Proposes a new version of a table of rules, for a day to come. */
export const proposeTable = (db: Db, input: ProposeTableInput): Promise<TableChangeRow> =>
  transact(db, (tx) =>
    tx.once('proposeTable', input, TableChangeRow, async (id) => {
      const { kind } = input;
      const table = readTable(kind, parsed(input.content));
      mustFollow(table, await versionsOf(tx, kind), dayOf(tx.now));
      return open(tx, { id, kind, subject: kind, ...table });
    }),
  );

/** Proposes to take a version of a questionnaire, and those before it, out of use as soon as somebody else agrees. */
export const proposeRetirement = (db: Db, input: ProposeRetirementInput): Promise<TableChangeRow> =>
  transact(db, (tx) =>
    tx.once('proposeRetirement', input, TableChangeRow, async (id) => {
      const { code, questionnaireVersion: version } = input;
      const { definition } = await mustBeAsked(tx, code, version);
      return open(tx, {
        id,
        kind: 'QUESTIONNAIRE_RETIREMENT',
        subject: code,
        version,
        effectiveFrom: dayOf(tx.now),
        definition,
      });
    }),
  );

type Proposed = Pick<TableChangeRow, 'id' | 'kind' | 'subject' | 'definition'> &
  Pick<ReadTable, 'version' | 'effectiveFrom'>;

async function open(tx: Tx, { id, kind, subject, version, effectiveFrom, definition }: Proposed) {
  const proposedById = tx.actor.id;
  if (proposedById === null) throw refuse('UNAUTHENTICATED');
  const row = await tx.insert(TableChangeRow, {
    id,
    kind,
    subject,
    tableVersion: version,
    effectiveFrom,
    contentHash: hashOf(canonicalJson(definition)),
    definition,
    state: 'OPEN',
    proposedById,
    proposedAt: tx.now,
    decidedById: null,
    decidedAt: null,
    version: 1,
  });
  await openApproval(tx, approvableOf(row), { subject, targetId: id, payload: payloadOf(row) });
  await tell(tx, row);
  return row;
}

const payloadOf = ({ kind, subject, tableVersion, effectiveFrom, contentHash }: TableChangeRow) => ({
  kind,
  subject,
  tableVersion,
  effectiveFrom,
  contentHash,
});

const tell = (tx: Tx, { id, kind, tableVersion, effectiveFrom, state }: TableChangeRow) =>
  tx.record(RiskTableChanged({ changeId: id, kind, version: tableVersion, effectiveFrom, outcome: state }));

type Outcome = 'APPROVED' | 'REJECTED' | 'WITHDRAWN';

/** Decides on a change; approved, the table holds from its day and a retirement at once. */
export const decideTableChange = (
  db: Db,
  outcome: Outcome,
  { changeId, expectedVersion }: DecideTableChangeInput,
): Promise<TableChangeRow> =>
  transact(db, async (tx) => {
    if (!isUuid(changeId)) throw refuse('NOT_FOUND');
    const row = await findForUpdate(tx, TableChangeRow, changeId, expectedVersion);
    if (row.state !== 'OPEN') throw refuseTable('CHANGE_CLOSED', { state: row.state });
    await settleApproval(tx, approvableOf(row), outcome, { targetId: row.id, payload: payloadOf(row) });
    if (outcome === 'APPROVED') await takeEffect(tx, row);
    return close(tx, row, outcome, tx.actor.id);
  });

async function takeEffect(tx: Tx, row: TableChangeRow): Promise<void> {
  if (row.kind === 'QUESTIONNAIRE_RETIREMENT') return retireAsked(tx, row.subject, row.tableVersion);
  // The tables are read by their newest version, so those who add one take turns.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`table ${row.kind}`]);
  const { version, effectiveFrom, definition } = readTable(row.kind, row.definition);
  mustFollow({ version, effectiveFrom }, await versionsOf(tx, row.kind), dayOf(tx.now));
  const table = row.kind === 'ALERT_RULES' ? 'alert_rule' : 'assessment_rule';
  await tx.query(
    `insert into ${table} (id, version, effective_from, content_hash, definition) values ($1, $2, $3, $4, $5)`,
    [tx.newId(), version, effectiveFrom, row.contentHash, JSON.stringify(definition)],
  );
}

async function close(
  tx: Tx,
  row: TableChangeRow,
  state: Exclude<ChangeState, 'OPEN'>,
  decidedById: string | null,
): Promise<TableChangeRow> {
  const closed = await tx.update(TableChangeRow, row, { state, decidedById, decidedAt: tx.now });
  await tell(tx, closed);
  return closed;
}

/** Changes that wait, oldest first; or all, newest first. */
export const tableChanges = (
  db: Db,
  { open: isOpen, ...args }: PageArgs & { open?: boolean | null },
): Promise<Connection<TableChangeRow>> =>
  isOpen === true
    ? page(db, TableChangeRow, args, { state: 'OPEN' }, 'OLDEST_FIRST')
    : page(db, TableChangeRow, args);
