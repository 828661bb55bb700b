import {
  type Db,
  findForUpdate,
  isUuid,
  type PageArgs,
  page,
  refuse as refuseAny,
  type Tx,
  transact,
} from '@client-graph/kit';
import { ProductRow, StaffInterestRow } from '../entities.js';
import { type InterestKind, refuse } from './interests.rules.js';

/** Keeps that the caller has an interest of their own in a product: from now on decisions for their clients say so. */
export const declareInterest = (
  db: Db,
  input: { requestId: string; productId: string; kind: InterestKind },
): Promise<StaffInterestRow> =>
  transact(db, (tx) =>
    tx.once('declareInterest', input, StaffInterestRow, async (id) => {
      const product = isUuid(input.productId) ? await tx.findOne(ProductRow, { id: input.productId }) : null;
      const staffId = tx.actor.id;
      if (product === null || staffId === null) throw refuseAny('NOT_FOUND', { record: 'PRODUCT' });
      const row = {
        id,
        staffId,
        productId: product.id,
        kind: input.kind,
        declaredAt: tx.now,
        endedAt: null,
        version: 1,
      };
      // One statement, so that of two at once one is kept and the other told.
      const inserted = await tx.manager
        .createQueryBuilder()
        .insert()
        .into(StaffInterestRow)
        .values(row)
        .orIgnore()
        .returning('id')
        .execute();
      if (inserted.raw.length === 0) throw refuse('INTEREST_DECLARED');
      return row;
    }),
  );

/** The interest has ended: by who declared it, and by nobody else. */
export const endInterest = (
  db: Db,
  input: { interestId: string; expectedVersion: number },
): Promise<StaffInterestRow> =>
  transact(db, async (tx) => {
    const interest = await findForUpdate(tx, StaffInterestRow, input.interestId, input.expectedVersion);
    if (interest.staffId !== tx.actor.id) throw refuseAny('NOT_FOUND');
    if (interest.endedAt !== null) throw refuse('INTEREST_ENDED');
    return tx.update(StaffInterestRow, interest, { endedAt: tx.now });
  });

/** Whether one of these people has an interest in the product now. */
export async function hasInterest(
  tx: Tx,
  productId: string,
  staffIds: readonly (string | null)[],
): Promise<boolean> {
  const found = await tx.query(
    'select from staff_interest where product_id = $1 and staff_id = any ($2::uuid[]) and ended_at is null limit 1',
    [productId, staffIds.filter((id) => id !== null)],
  );
  return found.length > 0;
}

/** Interests, newest first: the caller's own, or of all staff for who watches over them. */
export const listInterests = (db: Db, args: PageArgs) =>
  page(
    db,
    StaffInterestRow,
    args,
    db.actor.scopes.has('interests:oversee') ? {} : { staffId: db.actor.id ?? '' },
  );
