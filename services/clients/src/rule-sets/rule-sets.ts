import {
  type Approvable,
  type ApprovalDecision,
  asService,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  openApproval,
  type PageArgs,
  page,
  refuseApproval,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In, LessThanOrEqual } from 'typeorm';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { UNGRADED } from '../clients.rules.js';
import type {
  DecideGradingRulesInput,
  GradingTablesInput,
  ProposeGradingRulesInput,
} from '../generated/resolvers.js';
import { GradingRuleSetRow } from '../grading.entities.js';
import { regradeMany, rulesOn } from '../grading.js';
import { code, line } from '../profiles.rules.js';
import { previewGradingRules as compute, type Preview } from './preview.js';
import { mustBeToCome, refuseRuleSet, tablesOf } from './rule-sets.rules.js';

/** Tables of grading: one proposal at a time, for the whole firm. */
export const GRADING_RULES: Approvable = {
  action: 'GRADING_RULES',
  scope: 'grading:approve',
  days: 90,
  lapse: (tx, id) => tx.manager.update(GradingRuleSetRow, id, { status: 'EXPIRED', decidedAt: tx.now }),
};

/** What a second person says yes to. */
const payloadOf = ({ version, effectiveFrom, source, tables, reason }: GradingRuleSetRow) => ({
  version,
  effectiveFrom,
  source,
  tables,
  reason,
});

/** Proposes tables that take effect on a day to come, once another person has approved them. */
export const proposeGradingRules = (db: Db, input: ProposeGradingRulesInput): Promise<GradingRuleSetRow> =>
  transact(db, (tx) =>
    tx.once('proposeGradingRules', input, GradingRuleSetRow, async (id) => {
      const today = dayOf(tx.now);
      const { tables: present } = await rulesOn(tx, today);
      const tables = tablesOf(input.tables, present.currency);
      mustBeToCome(input.effectiveFrom, today);
      const version = code(input.version, 'version');
      await mustBeFree(tx, version, input.effectiveFrom);
      const set: GradingRuleSetRow = {
        id,
        version,
        effectiveFrom: input.effectiveFrom,
        source: line(input.source, 'source', 200),
        tables,
        status: 'PROPOSED',
        reason: line(input.reason, 'reason', 500),
        makerId: staffOf(tx),
        checkerId: null,
        proposedAt: tx.now,
        decidedAt: null,
        decisionReason: null,
        regradedTo: null,
        regradedAt: null,
      };
      await openApproval(tx, GRADING_RULES, {
        subject: 'grading-rules',
        targetId: id,
        payload: payloadOf(set),
      });
      return tx.insert(GradingRuleSetRow, set);
    }),
  );

/** A version is one set, and a day belongs to one; that one proposal is open at a time, the mechanism of approvals sees to. */
async function mustBeFree(tx: Tx, version: string, effectiveFrom: string): Promise<void> {
  if ((await tx.findOne(GradingRuleSetRow, { version })) !== null) throw refuseRuleSet('VERSION_TAKEN');
  if ((await tx.findOne(GradingRuleSetRow, { effectiveFrom, status: 'APPROVED' })) !== null)
    throw refuseRuleSet('EFFECTIVE_DATE_TAKEN');
}

/** Approves, rejects or withdraws the open proposal. */
export const decideGradingRules = (
  db: Db,
  input: DecideGradingRulesInput,
  decision: ApprovalDecision,
): Promise<GradingRuleSetRow> =>
  transact(db, async (tx) => {
    const set = await findForUpdate(tx, GradingRuleSetRow, input.ruleSetId);
    if (set.status !== 'PROPOSED') throw refuseApproval('PROPOSAL_CLOSED', { status: set.status });
    const { checkerId } = await settleApproval(tx, GRADING_RULES, decision, {
      targetId: set.id,
      payload: payloadOf(set),
    });
    if (decision === 'APPROVED') mustBeToCome(set.effectiveFrom, dayOf(tx.now));
    return tx.update(GradingRuleSetRow, set, {
      status: decision,
      checkerId,
      decidedAt: tx.now,
      decisionReason: line(input.reason, 'reason', 500),
    });
  });

/** What these tables would do to the whole book. */
export const previewGradingRules = async (db: Db, input: GradingTablesInput): Promise<Preview> => {
  const { tables } = await transact(db, (tx) => rulesOn(tx, dayOf(tx.now)));
  return compute(db, tablesOf(input, tables.currency));
};

/** Every set of tables there is, newest first. */
export const listRuleSets = (db: Db, args: PageArgs): Promise<Connection<GradingRuleSetRow>> =>
  page(db, GradingRuleSetRow, args);

/** The set that decides on a day. */
export const ruleSetOn = (db: Db, day: string | null): Promise<GradingRuleSetRow> =>
  transact(db, (tx) => rulesOn(tx, day ?? dayOf(tx.now)));

const BATCH = 200;

/** Grades the whole book by the set in force, once, in batches that commit; a run that dies goes on where it stopped. */
export async function applyGradingRules(db: Db): Promise<void> {
  let isDone: boolean;
  do isDone = await transact(asService(db), applyToBatch);
  while (!isDone);
}

async function applyToBatch(tx: Tx): Promise<boolean> {
  const set = await tx.manager.findOne(GradingRuleSetRow, {
    where: { effectiveFrom: LessThanOrEqual(dayOf(tx.now)), status: 'APPROVED' },
    order: { effectiveFrom: 'DESC' },
    lock: { mode: 'pessimistic_write' },
  });
  if (set === null || set.regradedAt !== null) return true;
  const ids = await tx.query<{ id: string }>(
    `select id from client
     where ($1::uuid is null or id > $1) and status <> all($2)
     order by id limit ${BATCH} for update`,
    [set.regradedTo, [...UNGRADED]],
  );
  const clients = await tx.find(ClientRow, { where: { id: In(ids.map(({ id }) => id)) } });
  await regradeMany(tx, set, clients);
  const isDone = ids.length < BATCH;
  await tx.manager.update(GradingRuleSetRow, set.id, {
    regradedTo: ids.at(-1)?.id ?? set.regradedTo,
    ...(isDone ? { regradedAt: tx.now } : {}),
  });
  return isDone;
}
