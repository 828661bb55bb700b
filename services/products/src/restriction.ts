import type { Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { HoldingRow, ProductRow } from './entities.js';
import { tellHolding } from './holdings/holdings.js';

/** SQL: the client in the column is not restricted, of whom no job tells anything (domain 3.1.3). */
export const notRestricted = (column: string): string =>
  `not exists (select from client_copy c where c.client_id = ${column} and c.status = 'RESTRICTED')`;

/** Tells what the client holds by now: what has changed of the products meanwhile was not told. */
export async function tellHoldings(tx: Tx, clientId: string): Promise<void> {
  const held = await tx.find(HoldingRow, { where: { clientId } });
  const productIds = new Set(
    held.filter(({ units }) => units.greaterThan(0)).map(({ productId }) => productId),
  );
  const products = await tx.find(ProductRow, { where: { id: In([...productIds]) }, order: { id: 'ASC' } });
  for (const { id: productId, rating } of products) await tellHolding(tx, { clientId, productId, rating });
}
