import {
  type Approvable,
  type Db,
  Decimal,
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
import {
  EarnRuleRow,
  ProgrammeRow,
  RewardRow,
  RewardTermsRow,
  RuleChangeRow,
  TierRuleRow,
} from '../entities.js';
import type { Programme } from '../membership/membership.rules.js';
import {
  type ChangeKind,
  type ChangeState,
  decide,
  mustBeAhead,
  mustBePriced,
  mustHoldTogether,
  Payloads,
  proposed,
  refuse,
  told,
} from './changes.rules.js';

/** A change of a table of the programme; one that nobody decides on is rejected by time. */
export const CHANGE_PROGRAMME: Approvable = {
  action: 'CHANGE_PROGRAMME',
  scope: 'programme:approve',
  days: 90,
  lapse: async (tx, id) => {
    const change = await findForUpdate(tx, RuleChangeRow, id);
    await tx.record(told(change, 'REJECTED'));
    await tx.update(RuleChangeRow, change, { state: 'REJECTED', decidedAt: tx.now });
  },
};

/** What a second person says yes to. */
const whole = ({ kind, code, effectiveFrom, payload }: RuleChangeRow) => ({
  kind,
  code,
  effectiveFrom,
  payload,
});

type Proposal = { requestId: string; effectiveFrom: string };
type ProposeEarnRule = Proposal & {
  code: string;
  pendingDays: number;
  expiryMonths: number;
  qualifying: boolean;
  purchase?: object | null | undefined;
  activity?: ActivityInput | null | undefined;
};
type ActivityInput = {
  points: readonly { variant: string; points: number }[];
  pointsPerYear?: number | null | undefined;
  timesPerYear?: number | null | undefined;
};

/** Proposes a new version of an earn rule that is there. */
export const proposeEarnRule = (db: Db, input: ProposeEarnRule): Promise<RuleChangeRow> =>
  propose(db, 'proposeEarnRule', input, 'EARN_RULE', input.code, async (tx) => {
    const latest = await latestRule(tx, input.code);
    const isPurchase = 'productClasses' in latest.terms;
    const { purchase, activity } = input;
    if (isPurchase !== Boolean(purchase) || isPurchase === Boolean(activity))
      throw refuse('RULE_INVALID', {
        field: isPurchase ? 'purchase' : 'activity',
        reason: 'OF_ANOTHER_KIND',
      });
    const terms = purchase ?? {
      points: Object.fromEntries((activity?.points ?? []).map((each) => [each.variant, each.points])),
      pointsPerYear: activity?.pointsPerYear ?? null,
      timesPerYear: activity?.timesPerYear ?? null,
    };
    const { pendingDays, expiryMonths, qualifying } = input;
    return { pendingDays, expiryMonths, qualifying, terms };
  });

async function latestRule(tx: Tx, code: string): Promise<EarnRuleRow> {
  const [latest] = await tx.find(EarnRuleRow, { where: { code }, order: { version: 'DESC' }, take: 1 });
  if (latest === undefined) throw refuseAny('NOT_FOUND');
  return latest;
}

type Name = { en: string; zhHans: string; zhHant: string };
type ProposeTiers = Proposal & {
  tiers: readonly {
    code: string;
    qualifyingPoints: number;
    multiplier: Decimal;
    benefits?: readonly { code: string; name: Name }[] | null | undefined;
  }[];
};

const labelsOf = ({ en: EN, zhHans: ZH_HANS, zhHant: ZH_HANT }: Name) => ({ EN, ZH_HANS, ZH_HANT });

/** Proposes a new table of tiers, whole. */
export const proposeTiers = (db: Db, input: ProposeTiers): Promise<RuleChangeRow> =>
  propose(db, 'proposeTiers', input, 'TIERS', 'TIERS', async () => {
    const tiers = parse(
      'TIERS',
      input.tiers.map(({ benefits, ...tier }) => ({
        ...tier,
        multiplier: tier.multiplier.toFixed(),
        benefits: benefits?.map(({ code, name }) => ({ code, labels: labelsOf(name) })),
      })),
    );
    mustHoldTogether(tiers);
    return tiers;
  });

type ProposeReward = Proposal & {
  code: string;
  kind: string;
  lastDay?: string | null | undefined;
  points?: number | null | undefined;
  tier: string;
  perClientYear?: number | null | undefined;
  name: Name;
};

/** Proposes a reward that is new to the catalogue, or new terms of one that is there. */
export const proposeReward = (db: Db, input: ProposeReward): Promise<RuleChangeRow> =>
  propose(db, 'proposeReward', input, 'REWARD', input.code, async (tx) => {
    if (!/^[A-Z0-9-]{3,32}$/.test(input.code)) throw refuseAny('BAD_INPUT', { field: 'code' });
    const reward = parse('REWARD', {
      kind: input.kind,
      lastDay: input.lastDay ?? null,
      points: input.points ?? null,
      tier: input.tier,
      perClientYear: input.perClientYear ?? null,
      labels: labelsOf(input.name),
    });
    mustBePriced(reward, input.effectiveFrom, await tx.findOne(RewardRow, { code: input.code }));
    return reward;
  });

/** Proposes what the programme as a whole goes by. */
export const proposeProgramme = (
  db: Db,
  input: Proposal & Omit<Programme, 'version' | 'effectiveFrom' | 'currency'>,
): Promise<RuleChangeRow> =>
  propose(db, 'proposeProgramme', input, 'PROGRAMME', 'PROGRAMME', async () => {
    const { requestId: _, effectiveFrom: __, ...programme } = input;
    return programme;
  });

/** Holds a payload against its shape. Refuses RULE_INVALID naming the fields. */
function parse<Kind extends ChangeKind>(
  kind: Kind,
  payload: unknown,
): ReturnType<(typeof Payloads)[Kind]['parse']>;
function parse(kind: ChangeKind, payload: unknown): unknown {
  const result = Payloads[kind].safeParse(payload);
  if (!result.success)
    throw refuse('RULE_INVALID', { fields: result.error.issues.map((issue) => issue.path.join('.')) });
  return result.data;
}

const propose = (
  db: Db,
  command: string,
  input: Proposal,
  kind: ChangeKind,
  code: string,
  payloadOf: (tx: Tx) => Promise<unknown>,
): Promise<RuleChangeRow> =>
  transact(db, (tx) =>
    tx.once(command, input, RuleChangeRow, async (id) => {
      mustBeAhead(input.effectiveFrom, dayOf(tx.now));
      const payload: unknown = parse(kind, await payloadOf(tx));
      const open = await tx.query('select from rule_change where kind = $1 and code = $2 and state = $3', [
        kind,
        code,
        'PROPOSED',
      ]);
      if (open.length > 0) throw refuse('CHANGE_OPEN');
      const change: RuleChangeRow = {
        id,
        kind,
        code,
        effectiveFrom: input.effectiveFrom,
        payload,
        state: 'PROPOSED',
        proposedBy: actorId(tx),
        proposedAt: tx.now,
        decidedBy: null,
        decidedAt: null,
        version: 1,
      };
      await openApproval(tx, CHANGE_PROGRAMME, {
        subject: `${kind}:${code}`,
        targetId: id,
        payload: whole(change),
      });
      await tx.record(proposed(change));
      return tx.insert(RuleChangeRow, change);
    }),
  );

const actorId = (tx: Tx): string => {
  if (tx.actor.id === null) throw refuseAny('UNAUTHENTICATED');
  return tx.actor.id;
};

type DecideChange = { changeId: string; expectedVersion: number };

/** Approves a proposal: its rows join their table and hold from their day. Or rejects it. */
export const decideChange = (
  db: Db,
  to: 'APPROVED' | 'REJECTED',
  input: DecideChange,
): Promise<RuleChangeRow> =>
  transact(db, async (tx) => {
    const change = await findForUpdate(tx, RuleChangeRow, input.changeId, input.expectedVersion);
    const { changes, events } = decide(change, to, { by: actorId(tx), today: dayOf(tx.now) });
    await settleApproval(tx, CHANGE_PROGRAMME, to, { targetId: change.id, payload: whole(change) });
    if (to === 'APPROVED') await BRING_IN[change.kind](tx, change);
    await tx.record(...events);
    return tx.update(RuleChangeRow, change, { ...changes, decidedAt: tx.now });
  });

type Version = { version: number; effectiveFrom: string };

/** The next version of a table; versions begin one after the other, so that the latest that has begun is in force. */
function nextVersion(tx: Tx, { effectiveFrom, id }: RuleChangeRow, latest: Version | undefined) {
  if (latest !== undefined) mustBeAhead(effectiveFrom, latest.effectiveFrom);
  return { id: tx.newId(), version: (latest?.version ?? 0) + 1, effectiveFrom, source: `change ${id}` };
}

const BRING_IN: Record<ChangeKind, (tx: Tx, change: RuleChangeRow) => Promise<unknown>> = {
  EARN_RULE: async (tx, change) => {
    const latest = await latestRule(tx, change.code);
    const { code, event, labels } = latest;
    const rule = parse('EARN_RULE', change.payload);
    return tx.insert(EarnRuleRow, { ...nextVersion(tx, change, latest), code, event, labels, ...rule });
  },
  TIERS: async (tx, change) => {
    const rows = await tx.find(TierRuleRow, { order: { version: 'DESC' } });
    // Of a new table the newest version is found first, so its words are kept.
    const now = new Map([...rows].reverse().map((row) => [row.code, row]));
    const none = { EN: '', ZH_HANS: '', ZH_HANT: '' };
    const tiers = parse('TIERS', change.payload).map((tier) => ({
      ...nextVersion(tx, change, rows[0]),
      ...tier,
      multiplier: new Decimal(tier.multiplier),
      labels: now.get(tier.code)?.labels ?? none,
      benefits: tier.benefits ?? now.get(tier.code)?.benefits ?? [],
    }));
    return tx.insertMany(TierRuleRow, tiers);
  },
  PROGRAMME: async (tx, change) => {
    const [latest] = await tx.find(ProgrammeRow, { order: { version: 'DESC' }, take: 1 });
    if (latest === undefined) throw new Error('The table of the programme is empty.');
    const programme = parse('PROGRAMME', change.payload);
    const { currency } = latest;
    return tx.insert(ProgrammeRow, { ...nextVersion(tx, change, latest), currency, ...programme });
  },
  REWARD: async (tx, change) => {
    const { kind, ...terms } = parse('REWARD', change.payload);
    const { code } = change;
    const known = await tx.findOne(RewardRow, { code });
    // Nothing of a new gift is there until stock is put in; a credit never runs out.
    const stock = kind === 'FEE_CREDIT' ? null : 0;
    if (known === null) await tx.insert(RewardRow, { id: tx.newId(), code, kind, stock, version: 1 });
    const [latest] = await tx.find(RewardTermsRow, { where: { code }, order: { version: 'DESC' }, take: 1 });
    return tx.insert(RewardTermsRow, { ...nextVersion(tx, change, latest), code, ...terms });
  },
};

export const listChanges = (db: Db, args: PageArgs & { state?: ChangeState | null | undefined }) =>
  page(db, RuleChangeRow, args, args.state === null || args.state === undefined ? {} : { state: args.state });
