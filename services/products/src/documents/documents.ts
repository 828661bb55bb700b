import {
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  type Money,
  refuse as refuseAny,
  type Tx,
  transact,
} from '@client-graph/kit';
import { ProductRow } from '../entities.js';
import type { Liquidity } from '../products/products.rules.js';
import { ProductDocumentRow, ProductTermsRow } from './documents.entities.js';
import {
  changeTerms,
  checkDocument,
  type DocumentKind,
  type NewDocument,
  refuse,
} from './documents.rules.js';

type Publish = NewDocument & {
  requestId: string;
  productId: string;
  kind: DocumentKind;
  locale: 'EN' | 'ZH_HANS' | 'ZH_HANT';
  validFrom: string;
};

/** Publishes a document of a product. An edition is published once in each language, and never changed. */
export const publishDocument = (db: Db, input: Publish): Promise<ProductDocumentRow> =>
  transact(db, (tx) =>
    tx.once('publishDocument', input, ProductDocumentRow, async (id) => {
      checkDocument(input);
      const product = isUuid(input.productId) ? await tx.findOne(ProductRow, { id: input.productId }) : null;
      if (product === null) throw refuseAny('NOT_FOUND', { record: 'PRODUCT' });
      const { kind, edition, locale, url, sha256, validFrom } = input;
      const row: ProductDocumentRow = {
        ...{ id, productId: product.id, kind, edition, locale, url, sha256, validFrom },
        title: input.title.trim(),
        publishedAt: tx.now,
        publishedBy: tx.actor.id,
        withdrawnAt: null,
        version: 1,
      };
      // One statement, so that of two at once one is published and the other told.
      const inserted = await tx.manager
        .createQueryBuilder()
        .insert()
        .into(ProductDocumentRow)
        .values(row)
        .orIgnore()
        .returning('id')
        .execute();
      if (inserted.raw.length === 0) throw refuse('EDITION_TAKEN');
      return row;
    }),
  );

/** The document no longer counts; it stays to be read by those who bought under it. */
export const withdrawDocument = (
  db: Db,
  input: { documentId: string; expectedVersion: number },
): Promise<ProductDocumentRow> =>
  transact(db, async (tx) => {
    const document = await findForUpdate(tx, ProductDocumentRow, input.documentId, input.expectedVersion);
    if (document.withdrawnAt !== null) throw refuse('DOCUMENT_WITHDRAWN');
    return tx.update(ProductDocumentRow, document, { withdrawnAt: tx.now });
  });

type ChangeTerms = {
  productId: string;
  expectedVersion: number;
  issuer?: string | null | undefined;
  termMonths?: number | null | undefined;
  liquidity: Liquidity;
  minAmount: Money;
  minHorizonMonths: number;
};

/** Gives a product other terms from today; those that were stay in the history. Orders are decided by the new ones from now on. */
export const changeProductTerms = (db: Db, input: ChangeTerms): Promise<ProductRow> =>
  transact(db, async (tx) => {
    const product = await findForUpdate(tx, ProductRow, input.productId, input.expectedVersion);
    const { liquidity, minAmount, minHorizonMonths } = input;
    const ask = {
      liquidity,
      minAmount,
      minHorizonMonths,
      issuer: input.issuer ?? null,
      termMonths: input.termMonths ?? null,
    };
    const terms = changeTerms(product, ask, product.currency);
    const n = await tx.manager.countBy(ProductTermsRow, { productId: product.id });
    // The first change keeps what the product was listed with, too.
    if (n === 0) await keepTerms(tx, product, 1);
    const changed = await tx.update(ProductRow, product, terms);
    await keepTerms(tx, changed, n === 0 ? 2 : n + 1);
    return changed;
  });

const keepTerms = (tx: Tx, product: ProductRow, n: number): Promise<unknown> => {
  const { issuer, termMonths, liquidity, minAmount, minHorizonMonths } = product;
  return tx.insert(ProductTermsRow, {
    ...{
      id: tx.newId(),
      productId: product.id,
      n,
      issuer,
      termMonths,
      liquidity,
      minAmount,
      minHorizonMonths,
    },
    validFrom: dayOf(tx.now),
    changedAt: tx.now,
    changedBy: tx.actor.id,
  });
};
