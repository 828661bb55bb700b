import { type Db, refuse, type Tx, transact } from '@client-graph/kit';
import { RewardRow, RewardTermsRow, StockEntryRow } from '../entities.js';
import { inForce } from '../points/points.rules.js';

/** Locks a reward, so that its stock is reserved by one at a time. Refuses NOT_FOUND. */
export async function lockReward(tx: Tx, code: string): Promise<RewardRow> {
  const reward = await tx.manager.findOne(RewardRow, {
    where: { code },
    lock: { mode: 'pessimistic_write' },
  });
  if (reward === null) throw refuse('NOT_FOUND');
  return reward;
}

/** What a reward is to be had by on a day; undefined before its first terms. */
export const termsInForce = async (tx: Tx, code: string, day: string): Promise<RewardTermsRow | undefined> =>
  inForce(await tx.find(RewardTermsRow, { where: { code } }), day);

/** Moves a reward's stock and books why; nothing to do where nothing runs out. The reward must be locked. */
export async function moveStock(
  tx: Tx,
  reward: RewardRow,
  units: number,
  redemptionId: string | null,
): Promise<RewardRow> {
  if (reward.stock === null) return reward;
  const { id: rewardId } = reward;
  await tx.insert(StockEntryRow, {
    id: tx.newId(),
    rewardId,
    units,
    redemptionId,
    at: tx.now,
    by: tx.actor.id,
  });
  return tx.update(RewardRow, reward, { stock: reward.stock + units });
}

type AddStock = { requestId: string; rewardCode: string; units: number };

/** Puts units into the stock of a reward, or writes off units that are gone, but never more than are left. */
export const addRewardStock = (db: Db, input: AddStock): Promise<RewardRow> =>
  transact(db, async (tx) => {
    const reward = await lockReward(tx, input.rewardCode);
    if ((await tx.answered('addRewardStock', input, StockEntryRow)) !== null) return reward;
    if (input.units === 0 || Math.abs(input.units) > UNITS_MAX) throw refuse('BAD_INPUT', { field: 'units' });
    if (reward.stock === null) throw refuse('BAD_INPUT', { field: 'rewardCode', reason: 'NO_STOCK_KEPT' });
    if (reward.stock + input.units < 0)
      throw refuse('BAD_INPUT', { field: 'units', reason: 'MORE_THAN_LEFT', left: reward.stock });
    await tx.once('addRewardStock', input, StockEntryRow, async (id) => {
      await tx.update(RewardRow, reward, { stock: (reward.stock ?? 0) + input.units });
      return tx.insert(StockEntryRow, {
        id,
        rewardId: reward.id,
        units: input.units,
        redemptionId: null,
        at: tx.now,
        by: tx.actor.id,
      });
    });
    return tx.manager.findOneOrFail(RewardRow, { where: { id: reward.id } });
  });

const UNITS_MAX = 100_000;

/** The catalogue, by code: at most 100 rewards. */
export const listRewards = (db: Db): Promise<RewardRow[]> =>
  db.source.getRepository(RewardRow).find({ order: { code: 'ASC' }, take: CATALOGUE_MAX });

const CATALOGUE_MAX = 100;
