import {
  type Approvable,
  type ApprovalDecision,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  refuse as kitRefuse,
  openApproval,
  page,
  refuseApproval,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { LeadRuleChangeRow, LeadRuleRow } from '../entities.js';
import type {
  DecideLeadRuleInput,
  ProposeLeadRuleInput,
  QueryLeadRuleChangesArgs,
} from '../generated/resolvers.js';
import { mustBeAhead, parsedTerms, reasonOf, termsOf } from './rules.rules.js';

/** Tables of marketing: one proposal of a kind at a time. */
export const LEAD_RULES: Approvable = {
  action: 'LEAD_RULES',
  scope: 'leadrules:approve',
  days: 90,
  lapse: (tx, id) => tx.manager.update(LeadRuleChangeRow, id, { status: 'EXPIRED', decidedAt: tx.now }),
};

const payloadOf = ({ kind, effectiveFrom, reason, terms }: LeadRuleChangeRow) => ({
  kind,
  effectiveFrom,
  reason,
  terms,
});

export const proposeLeadRule = (db: Db, input: ProposeLeadRuleInput): Promise<LeadRuleChangeRow> =>
  transact(db, (tx) =>
    tx.once('proposeLeadRule', input, LeadRuleChangeRow, async (id) => {
      const { kind, effectiveFrom } = input;
      mustBeAhead(effectiveFrom, dayOf(tx.now), (await latestOf(tx, kind)).effectiveFrom);
      if (tx.actor.id === null) throw kitRefuse('UNAUTHENTICATED');
      const change: LeadRuleChangeRow = {
        id,
        kind,
        effectiveFrom,
        reason: reasonOf(input.reason),
        terms: termsOf(kind, parsedTerms(input.terms)),
        status: 'PENDING',
        makerId: tx.actor.id,
        checkerId: null,
        proposedAt: tx.now,
        decidedAt: null,
        ruleVersion: null,
      };
      await openApproval(tx, LEAD_RULES, {
        subject: `lead-rules ${kind}`,
        targetId: id,
        payload: payloadOf(change),
      });
      return tx.insert(LeadRuleChangeRow, change);
    }),
  );

async function latestOf(tx: Tx, kind: LeadRuleRow['kind']): Promise<LeadRuleRow> {
  const [latest] = await tx.find(LeadRuleRow, { where: { kind }, order: { version: 'desc' }, take: 1 });
  if (latest === undefined) throw new Error(`The table ${kind} has no version.`);
  return latest;
}

/** Approves, rejects or withdraws a proposal. Once approved it is the next version of its table and holds from its day. */
export const decideLeadRule = (
  db: Db,
  decision: ApprovalDecision,
  input: DecideLeadRuleInput,
): Promise<LeadRuleChangeRow> =>
  transact(db, async (tx) => {
    const change = await findForUpdate(tx, LeadRuleChangeRow, input.changeId);
    if (change.status !== 'PENDING') throw refuseApproval('PROPOSAL_CLOSED', { status: change.status });
    const { checkerId } = await settleApproval(tx, LEAD_RULES, decision, {
      targetId: change.id,
      payload: payloadOf(change),
    });
    const ruleVersion = decision === 'APPROVED' ? await bringIn(tx, change) : null;
    return tx.update(LeadRuleChangeRow, change, {
      status: decision,
      checkerId,
      ruleVersion,
      decidedAt: tx.now,
    });
  });

async function bringIn(tx: Tx, { id, kind, effectiveFrom, terms }: LeadRuleChangeRow): Promise<number> {
  const latest = await latestOf(tx, kind);
  mustBeAhead(effectiveFrom, dayOf(tx.now), latest.effectiveFrom);
  const version = latest.version + 1;
  const row = { id: tx.newId(), kind, version, effectiveFrom, source: `change ${id}`, terms };
  await tx.insert(LeadRuleRow, row);
  return version;
}

export const listRuleChanges = (
  db: Db,
  { status, kind, ...args }: QueryLeadRuleChangesArgs,
): Promise<Connection<LeadRuleChangeRow>> =>
  page(db, LeadRuleChangeRow, args, { ...(status ? { status } : {}), ...(kind ? { kind } : {}) });
