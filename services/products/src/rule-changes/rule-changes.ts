import {
  type Approvable,
  type ApprovalDecision,
  type Db,
  dayOf,
  findForUpdate,
  openApproval,
  type PageArgs,
  page,
  refuse as refuseAny,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { SuitabilityRuleRow } from '../entities.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import { RuleProposalRow } from './rule-changes.entities.js';
import {
  type AllocationAsk,
  allocationOf,
  approved,
  type CategoriesAsk,
  categoriesOf,
  checkProposal,
  type MatchingAsk,
  matchingOf,
  mustBeAhead,
  refuse,
  type TableChanges,
} from './rule-changes.rules.js';

/** One proposal at a time, for the whole firm. */
export const SUITABILITY_RULES: Approvable = {
  action: 'SUITABILITY_RULES',
  scope: 'suitability:approve',
  days: 90,
  lapse: (tx, id) => tx.manager.update(RuleProposalRow, id, { state: 'EXPIRED', decidedAt: tx.now }),
};

/** What a second person says yes to. */
const payloadOf = ({ versionCode, effectiveFrom, source, baseVersion, changes }: RuleProposalRow) => ({
  versionCode,
  effectiveFrom,
  source,
  baseVersion,
  changes,
});

type Propose = {
  requestId: string;
  version: string;
  effectiveFrom: string;
  source: string;
  matching?: MatchingAsk | null | undefined;
  categories?: CategoriesAsk | null | undefined;
  allocation?: AllocationAsk | null | undefined;
};

/** Proposes tables in the place of those of the newest version, from a day to come. */
export const proposeRules = (db: Db, input: Propose): Promise<RuleProposalRow> =>
  transact(db, (tx) =>
    tx.once('proposeSuitabilityRules', input, RuleProposalRow, async (id) => {
      const base = await newest(tx);
      const changes = changesOf(input, base);
      checkProposal(input, changes, { today: dayOf(tx.now), latest: base.effectiveFrom });
      const taken = await tx.query(
        `select from suitability_rule where version = $1
         union all select from rule_proposal where version_code = $1 and state in ('PENDING', 'APPROVED')`,
        [input.version],
      );
      if (taken.length > 0) throw refuse('VERSION_TAKEN');
      if (tx.actor.id === null) throw refuseAny('UNAUTHENTICATED');
      const proposal: RuleProposalRow = {
        id,
        versionCode: input.version,
        effectiveFrom: input.effectiveFrom,
        source: input.source.trim(),
        baseVersion: base.version,
        changes,
        state: 'PENDING',
        proposedBy: tx.actor.id,
        proposedAt: tx.now,
        decidedBy: null,
        decidedAt: null,
        version: 1,
      };
      await openApproval(tx, SUITABILITY_RULES, {
        subject: 'suitability-rules',
        targetId: id,
        payload: payloadOf(proposal),
      });
      return tx.insert(RuleProposalRow, proposal);
    }),
  );

function changesOf(
  { matching, categories, allocation }: Propose,
  { tables }: SuitabilityRuleRow,
): TableChanges {
  if (allocation && tables.allocation === undefined)
    throw refuse('TABLE_INVALID', { field: 'allocation', reason: 'NO_BASE' });
  return {
    ...(matching ? { matching: matchingOf(matching, tables) } : {}),
    ...(categories ? { categories: categoriesOf(categories) } : {}),
    ...(allocation && tables.allocation ? { allocation: allocationOf(allocation, tables.allocation) } : {}),
  };
}

const newest = (tx: Tx): Promise<SuitabilityRuleRow> =>
  tx.manager.findOneOrFail(SuitabilityRuleRow, { where: {}, order: { effectiveFrom: 'DESC' } });

/** Approves, rejects or withdraws a proposal; approved, it is the newest version and holds from its day. */
export const decideRules = (
  db: Db,
  decision: ApprovalDecision,
  input: { proposalId: string; expectedVersion: number },
): Promise<RuleProposalRow> =>
  transact(db, async (tx) => {
    const proposal = await findForUpdate(tx, RuleProposalRow, input.proposalId, input.expectedVersion);
    const base = await newest(tx);
    // Another version may have come since: then what would take effect is not what was proposed.
    const payload = { ...payloadOf(proposal), baseVersion: base.version };
    const { checkerId } = await settleApproval(tx, SUITABILITY_RULES, decision, {
      targetId: proposal.id,
      payload,
    });
    if (decision === 'APPROVED') await bringIn(tx, proposal, base);
    return tx.update(RuleProposalRow, proposal, { state: decision, decidedBy: checkerId, decidedAt: tx.now });
  });

async function bringIn(tx: Tx, proposal: RuleProposalRow, base: SuitabilityRuleRow): Promise<void> {
  const { versionCode: version, effectiveFrom, source } = proposal;
  mustBeAhead(effectiveFrom, { today: dayOf(tx.now), latest: base.effectiveFrom });
  const tables = { ...base.tables, ...proposal.changes };
  const rule = await tx.insert(SuitabilityRuleRow, {
    id: tx.newId(),
    version,
    effectiveFrom,
    source,
    tables,
  });
  await tx.record(approved(rule));
}

export const listRules = (db: Db, args: PageArgs) => page(db, SuitabilityRuleRow, args);
export const listProposals = (db: Db, args: PageArgs) => page(db, RuleProposalRow, args);
/** The tables that decide on a day; today without one. */
export const rulesOn = (db: Db, day: string | null): Promise<SuitabilityRuleRow> =>
  transact(db, (tx) => ruleInForce(tx, day ?? dayOf(tx.now)));
