import { type Db, type Tx, transact } from '@client-graph/kit';
import { aCampaign, lockName } from '../campaigns/campaigns.js';
import { CampaignRow, LeadImportRow } from '../entities.js';
import type { ImportLeadsInput } from '../generated/resolvers.js';
import { checkBatch, checkSameCampaign, type PastLead, type Present, settle, sift } from './imports.rules.js';

/** Takes one batch of a past campaign's file; each row at most once, by its line and by its key. */
export const importLeads = (db: Db, input: ImportLeadsInput): Promise<LeadImportRow> =>
  transact(db, (tx) =>
    tx.once('importLeads', input, LeadImportRow, async (id) => {
      checkBatch(input);
      const campaign = await pastCampaign(tx, input.campaign);
      const { good, rejected } = sift(input.rows, campaign, tx.now);
      const added = await addAll(tx, campaign, input.fileSha256, good);
      const notAdded = good.filter((row) => !added.has(row.line));
      const settled = settle(
        notAdded,
        await presentOf(tx, campaign, input.fileSha256, notAdded),
        input.fileSha256,
      );
      return tx.insert(LeadImportRow, {
        id,
        fileSha256: input.fileSha256,
        campaignId: campaign.id,
        added: added.size,
        alreadyPresent: settled.alreadyPresent,
        rejected: [...rejected, ...settled.rejected].sort((a, b) => a.line - b.line),
        by: tx.actor.id,
        at: tx.now,
      });
    }),
  );

/** The campaign that the batch names; written down by the first batch that does. It is over, so nothing is announced. */
async function pastCampaign(tx: Tx, told: ImportLeadsInput['campaign']): Promise<CampaignRow> {
  const campaign = aCampaign(tx, tx.newId(), told);
  const known = await lockName(tx, campaign.name);
  if (known === null) return tx.insert(CampaignRow, campaign);
  checkSameCampaign(known, campaign);
  return known;
}

/** One statement for the batch, whatever its size. Rows whose line or key is taken are left out; the lines of the others are returned. */
async function addAll(
  tx: Tx,
  campaign: CampaignRow,
  file: string,
  rows: readonly PastLead[],
): Promise<Set<number>> {
  const added = await tx.query<{ source_line: number }>(ADD, [
    JSON.stringify(rows.map((row) => ({ id: tx.newId(), ...row }))),
    campaign.id,
    file,
    tx.now,
  ]);
  return new Set(added.map((row) => row.source_line));
}

const ADD = `
  insert into lead (
    id, origin, channel, medium, campaign_id, consent_channels, stage, reached, cycle, reason, attempts,
    source_file, source_line, external_key, contacted_on, contacted_month, converted_on, created_at, version
  )
  select r.id, 'IMPORTED', r.channel, r.medium, $2, '{}', r.stage, r.reached, 1, r.reason, r.attempts,
    $3, r.line, r."externalKey", r."contactedOn", r."contactedMonth", r."convertedOn", $4, 1
  from jsonb_to_recordset($1) as r(
    id uuid, line int, "externalKey" text, channel text, medium text, attempts int, stage text, reached text, reason text,
    "contactedOn" date, "contactedMonth" smallint, "convertedOn" date
  )
  order by r.line
  on conflict do nothing
  returning source_line`;

/** What stands in the way of the rows that were not added. */
async function presentOf(
  tx: Tx,
  campaign: CampaignRow,
  file: string,
  rows: readonly PastLead[],
): Promise<Present[]> {
  if (rows.length === 0) return [];
  return tx.query<Present>(
    `select source_file as file, source_line as line, external_key as key from lead
     where origin = 'IMPORTED' and source_file = $1 and source_line = any($2::int[])
     union
     select source_file, source_line, external_key from lead
     where origin = 'IMPORTED' and campaign_id = $3 and external_key = any($4::text[])`,
    [file, rows.map((row) => row.line), campaign.id, rows.map((row) => row.externalKey)],
  );
}
