import type { DataOf, OrderSettled } from '@client-graph/events';
import { type Db, dayOf, findForUpdate, type Tx, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { beginLife, clientForUpdate, insertClient, keepVersion } from '../clients.js';
import { mustBeEditable, mustNotAdvise } from '../clients.rules.js';
import { keepOnFile, onFileOf } from '../contact-details/on-file.js';
import type { OpenInstitutionInput, RecordFinancialsInput } from '../generated/resolvers.js';
import { regrade, rulesOn } from '../grading.js';
import { indexName } from '../search/search-index.js';
import { InstitutionFinancialsRow, InstitutionProfileRow } from './institutions.entities.js';
import { countsInstead, financialsOf, institutionOf, refuseInstitution } from './institutions.rules.js';

/** Opens an institution from an application; the caller becomes the adviser. */
export const openInstitution = (db: Db, input: OpenInstitutionInput, hashKey: string): Promise<ClientRow> =>
  transact(db, (tx) =>
    tx.once('openInstitution', input, ClientRow, async (id) => {
      const institution = institutionOf(input.institution);
      const { institutionType } = institution;
      const client = await insertClient(tx, id, input, {
        kind: 'INSTITUTION',
        facts: { institutionType, netAssets: null, yearEnd: null, productClasses: 0 },
        ageBand: null,
        ageBandDueOn: null,
        fullCivilCapacity: true,
      });
      const usccHash = await claimUscc(tx, institution.uscc);
      await tx.insert(InstitutionProfileRow, { id, ...institution, usccHash, holdsUscc: true });
      await indexName(tx, id, institution.legalName, hashKey);
      await keepOnFile(tx, id, onFileOf(institution), hashKey);
      await keepVersion(tx, id, institution, []);
      await beginLife(tx, client);
      return client;
    }),
  );

/** Of two at once the second waits for the first and is refused; the unique index stands behind it. */
export async function claimUscc(tx: Tx, uscc: string): Promise<string> {
  const usccHash = tx.hash('uscc', uscc);
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [usccHash]);
  if ((await tx.findOne(InstitutionProfileRow, { usccHash, holdsUscc: true })) !== null)
    throw refuseInstitution('USCC_TAKEN');
  return usccHash;
}

/** Records a financial statement and grades the institution anew when it is the one that counts. */
export const recordFinancials = (db: Db, input: RecordFinancialsInput): Promise<InstitutionFinancialsRow> =>
  transact(db, (tx) =>
    tx.once('recordFinancials', input, InstitutionFinancialsRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      if (client.kind !== 'INSTITUTION') throw refuseInstitution('WRONG_KIND', { kind: client.kind });
      const recordedBy = staffOf(tx);
      mustNotAdvise(client, recordedBy);
      mustBeEditable(client);
      const today = dayOf(tx.now);
      const { tables } = await rulesOn(tx, today);
      const figures = financialsOf(input, tables.currency, today);
      const current =
        client.institutionFinancialsId === null
          ? null
          : await tx.findOne(InstitutionFinancialsRow, { id: client.institutionFinancialsId });
      const recorded = { ...figures, recordedBy, recordedAt: tx.now };
      const statement = await tx.insert(InstitutionFinancialsRow, { id, clientId: client.id, ...recorded });
      if (countsInstead(statement, current)) await regrade(tx, client, { institutionFinancialsId: id });
      return statement;
    }),
  );

/** A settled order shows that a class of product is used; the third can lift an institution's grade. */
export async function useProductClass(tx: Tx, told: DataOf<typeof OrderSettled>): Promise<void> {
  const client = await findForUpdate(tx, ClientRow, told.clientId);
  const added = await tx.query(
    `insert into product_class_used (client_id, product_class, since) values ($1, $2, $3)
     on conflict do nothing returning 1`,
    [client.id, told.productClass, told.settledOn],
  );
  if (added.length === 1 && client.kind === 'INSTITUTION') await regrade(tx, client);
}
