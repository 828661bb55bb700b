import { readFileSync } from 'node:fs';
import { ConsentPurpose } from '@client-graph/events';
import { type Connection, type Db, dayOf, type PageArgs, page, transact } from '@client-graph/kit';
import { z } from 'zod';
import { staffOf } from '../actors.js';
import { clientForUpdate } from '../clients.js';
import { mustBeEditable } from '../clients.rules.js';
import { ConsentRecordRow } from '../consents/consents.entities.js';
import type { EnrichClientInput } from '../generated/resolvers.js';
import { line } from '../profiles.rules.js';
import { EnrichmentRow, EnrichmentSourceRow } from './enrichment.entities.js';
import { collect, ENRICHED_FIELDS, permitted } from './enrichment.rules.js';

/** Writes down what the firm has found out by itself, from a source that may be asked for it; anything else is refused. */
export const enrichClient = (db: Db, input: EnrichClientInput): Promise<EnrichmentRow[]> =>
  transact(db, async (tx) => {
    const { clientId, sourceCode, collectedOn, facts } = input;
    // The mark of the request is its first row; the others follow from the same content.
    let written: EnrichmentRow[] = [];
    const first = await tx.once('enrichClient', input, EnrichmentRow, async (id) => {
      const client = await clientForUpdate(tx, clientId);
      mustBeEditable(client);
      const source = permitted(await tx.find(EnrichmentSourceRow, {}), sourceCode, collectedOn);
      const consents = await tx.find(ConsentRecordRow, { where: { clientId: client.id } });
      const fields = facts.map(({ field }) => field);
      collect(source, { fields, collectedOn }, consents, dayOf(tx.now));
      const from = {
        clientId: client.id,
        sourceId: source.id,
        basis: source.basis,
        reference: line(input.reference, 'reference', 100),
        collectedOn,
        recordedBy: staffOf(tx),
        recordedAt: tx.now,
      };
      written = facts.map(({ field, value }, index) => ({
        id: index === 0 ? id : tx.newId(),
        ...from,
        field,
        value: line(value, 'value', 300),
      }));
      await tx.insertMany(EnrichmentRow, written);
      const [row] = written;
      if (row === undefined) throw new Error('Nothing was collected.');
      return row;
    });
    if (written.length > 0) return written;
    const { recordedAt, sourceId } = first;
    return tx.find(EnrichmentRow, { where: { clientId, recordedAt, sourceId }, order: { id: 'ASC' } });
  });

/** Every source there is or was, newest first. */
export const listSources = (db: Db, args: PageArgs): Promise<Connection<EnrichmentSourceRow>> =>
  page(db, EnrichmentSourceRow, args);

const SourcesFile = z.array(
  z.strictObject({
    code: z.string(),
    version: z.string(),
    name: z.string(),
    basis: z.enum(['CONTRACT', 'LEGAL_DUTY', 'PUBLIC_INFORMATION', 'CONSENT', 'SEPARATE_CONSENT']),
    consentPurpose: ConsentPurpose.nullable(),
    fields: z.array(z.enum(ENRICHED_FIELDS)),
    effectiveFrom: z.iso.date(),
    source: z.string(),
  }),
);

/** Loads the sources of `data/` that are not there yet. */
export async function seedEnrichmentSources(db: Db): Promise<void> {
  const text = readFileSync(new URL('../../data/enrichment-sources.json', import.meta.url), 'utf8');
  const sources = SourcesFile.parse(JSON.parse(text));
  await transact(db, async (tx) => {
    for (const { code, version, name, basis, consentPurpose, fields, effectiveFrom, source } of sources)
      await tx.query(
        `insert into enrichment_source (id, code, version, name, basis, consent_purpose, fields, effective_from, source, status, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'APPROVED', '') on conflict (code, version) do nothing`,
        [tx.newId(), code, version, name, basis, consentPurpose, fields, effectiveFrom, source],
      );
  });
}
