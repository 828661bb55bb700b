import { AccessLimitsChanged } from '@client-graph/events';
import {
  type ApprovalDecision,
  type Connection,
  type Db,
  dayOf,
  type PageArgs,
  page,
  refuse,
  type Tx,
  tableProposals,
  transact,
  wanted,
} from '@client-graph/kit';
import type { DecideSupervisionTableInput, ProposeSupervisionTableInput } from '../generated/resolvers.js';
import { code, line } from '../profiles.rules.js';
import { InspectionTemplateRow, SupervisionTableRow } from './inspections.entities.js';
import { Checks, refuseSupervisionTable, tableOf } from './templates.rules.js';

/** An inspection template, or what daily checks look for: one proposal at a time for each. */
const TABLES = tableProposals({
  action: 'SUPERVISION_TABLE',
  scope: 'inspections:manage',
  days: 30,
  row: SupervisionTableRow,
  subject: ({ kind, code: of }) => `${kind}:${of}`,
  says: ['kind', 'code', 'version', 'effectiveFrom', 'source', 'content', 'reason'],
  approve: async (tx, row) => {
    await mustFit(tx, row);
    await putInForce(tx, row);
  },
});
export const SUPERVISION_TABLE = TABLES.approvable;

const CONTENT_MAX = 50_000;

/** Proposes a table that takes effect on a day to come, once another person has approved it. */
export const proposeSupervisionTable = (
  db: Db,
  input: ProposeSupervisionTableInput,
): Promise<SupervisionTableRow> =>
  transact(db, (tx) =>
    tx.once('proposeSupervisionTable', input, SupervisionTableRow, async (id) => {
      if (input.content.length > CONTENT_MAX)
        throw refuse('BAD_INPUT', { field: 'content', max: CONTENT_MAX });
      const content = tableOf(input.kind, input.content);
      const row: SupervisionTableRow = {
        id,
        kind: input.kind,
        code: input.kind === 'DAILY_CHECKS' ? 'DAILY_CHECKS' : code(input.code ?? '', 'code'),
        version: code(input.version, 'version'),
        effectiveFrom: input.effectiveFrom,
        source: line(input.source, 'source', 200),
        content,
        ...wanted(tx, line(input.reason, 'reason', 500)),
      };
      await mustFit(tx, row);
      return TABLES.propose(tx, row);
    }),
  );

/** A version and a day are taken once; an inspection that comes back does so at the same distance for ever, or a period would be left out. */
async function mustFit(tx: Tx, row: SupervisionTableRow): Promise<void> {
  const today = dayOf(tx.now);
  if (row.effectiveFrom <= today) throw refuseSupervisionTable('SUPERVISION_TABLE_PAST', { today });
  const taken = await tx.query(
    row.kind === 'DAILY_CHECKS'
      ? `select from supervision_rule_set where (version = $1 or effective_from = $2) and 'DAILY_CHECKS' = $3`
      : 'select from inspection_template where (version = $1 or effective_from = $2) and code = $3',
    [row.version, row.effectiveFrom, row.code],
  );
  if (taken.length > 0) throw refuseSupervisionTable('SUPERVISION_TABLE_TAKEN');
  const before = await tx.findOne(InspectionTemplateRow, { code: row.code });
  if (before !== null && 'period' in row.content && row.content.period !== before.content.period)
    throw refuseSupervisionTable('SUPERVISION_TABLE_WRONG', { at: ['period'] });
}

/** Approves, rejects or withdraws the open proposal. */
export const decideSupervisionTable = (
  db: Db,
  { tableId, reason }: DecideSupervisionTableInput,
  decision: ApprovalDecision,
): Promise<SupervisionTableRow> => TABLES.decide(db, tableId, decision, line(reason, 'reason', 500));

async function putInForce(tx: Tx, row: SupervisionTableRow): Promise<void> {
  const { version, effectiveFrom, source } = row;
  const content = tableOf(row.kind, JSON.stringify(row.content));
  if ('steps' in content) {
    await tx.insert(InspectionTemplateRow, {
      id: tx.newId(),
      code: row.code,
      version,
      effectiveFrom,
      source,
      content,
    });
    return;
  }
  await tx.query(
    'insert into supervision_rule_set (id, version, effective_from, source, checks) values ($1, $2, $3, $4, $5)',
    [tx.newId(), version, effectiveFrom, source, JSON.stringify(content)],
  );
  const { FILES_READ, AFTER_HOURS } = content;
  // Work begins where the night ends.
  const hours = { from: AFTER_HOURS.to, to: AFTER_HOURS.from };
  await tx.record(AccessLimitsChanged({ version, effectiveFrom, files: FILES_READ.perDay, ...hours }));
}

/** Every proposal there was, newest first. */
export const listSupervisionTables = (db: Db, args: PageArgs): Promise<Connection<SupervisionTableRow>> =>
  page(db, SupervisionTableRow, args);

type DailyChecks = { version: string; effectiveFrom: string; source: string; content: string };

/** What daily checks look for today. */
export async function dailyChecks(db: Db): Promise<DailyChecks> {
  const [row]: (Omit<DailyChecks, 'content'> & { checks: unknown })[] = await db.source.query(
    `select version, effective_from::text as "effectiveFrom", source, checks from supervision_rule_set
     where effective_from <= $1 order by effective_from desc limit 1`,
    [dayOf(db.now())],
  );
  if (row === undefined) throw new Error('No rules of supervision are in force.');
  const { checks, ...about } = row;
  return { ...about, content: JSON.stringify(Checks.parse(checks)) };
}
