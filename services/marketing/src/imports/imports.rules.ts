import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';
import { type Campaign, type CampaignChannel, isMedium } from '../campaigns/campaigns.rules.js';
import type { LeadStage, LossReason, Reached } from '../leads/leads.rules.js';

export type ImportRejectCode =
  | 'BAD_LINE'
  | 'BAD_KEY'
  | 'DUPLICATE_KEY'
  | 'BAD_MEDIUM'
  | 'BAD_ATTEMPTS'
  | 'BAD_MONTH'
  | 'CONVERTED_WITHOUT_CONTACT'
  | 'CONVERTED_BEFORE_CONTACT'
  | 'NOT_CONVERTED'
  | 'IN_FUTURE'
  | 'NOT_LOST';
export type Reject = { line: number; code: ImportRejectCode };

/** One row of a past campaign's file. Absent and null both mean that the file does not say. */
export type ImportRow = {
  line: number;
  externalKey: string;
  channel?: CampaignChannel | null;
  medium?: string | null;
  attempts: number;
  outcome: 'CONVERTED' | 'LOST' | 'OPEN';
  lossReason?: LossReason | null;
  contactedOn?: string | null;
  contactedMonth?: number | null;
  convertedOn?: string | null;
};

/** What of a row becomes a lead. */
export type PastLead = {
  line: number;
  externalKey: string;
  channel: CampaignChannel;
  medium: string;
  attempts: number;
  stage: LeadStage;
  reached: Reached;
  reason: LossReason | null;
  contactedOn: string | null;
  contactedMonth: number | null;
  convertedOn: string | null;
};

/** A row that is in the database: found by its line or by its key. */
export type Present = { file: string; line: number; key: string };

const ROWS_MAX = 1_000;
const ATTEMPTS_MAX = 1_000;

export const refuse = defineRefusals({
  BAD_FILE: 'fileSha256 is the SHA-256 of the file: 64 hexadecimal digits in small letters.',
  BATCH_SIZE: 'A batch has 1 to 1,000 rows.',
  CAMPAIGN_DIFFERS:
    'A campaign of this name is known with another channel, medium or period: correct the import, or name another campaign.',
});

/** Refuses BAD_FILE and BATCH_SIZE: faults of the batch as a whole. */
export function checkBatch(batch: { fileSha256: string; rows: readonly unknown[] }): void {
  if (!/^[0-9a-f]{64}$/.test(batch.fileSha256)) throw refuse('BAD_FILE');
  if (batch.rows.length < 1 || batch.rows.length > ROWS_MAX)
    throw refuse('BATCH_SIZE', { rows: batch.rows.length, max: ROWS_MAX });
}

/** Refuses CAMPAIGN_DIFFERS, naming the first field that does. */
export function checkSameCampaign(
  known: Pick<Campaign, 'channel' | 'medium' | 'startsOn' | 'endsOn'>,
  told: Pick<Campaign, 'channel' | 'medium' | 'startsOn' | 'endsOn'>,
): void {
  const fields = ['channel', 'medium', 'startsOn', 'endsOn'] as const;
  const field = fields.find((name) => known[name] !== told[name]);
  if (field !== undefined) throw refuse('CAMPAIGN_DIFFERS', { field, known: known[field] });
}

/** Tells the rows that may become leads from those that may not; the good ones stay whatever the others are. */
export function sift(
  rows: readonly ImportRow[],
  campaign: Pick<Campaign, 'channel' | 'medium'>,
  now: Date,
): { good: PastLead[]; rejected: Reject[] } {
  const good: PastLead[] = [];
  const rejected: Reject[] = [];
  const lines = new Set<number>();
  const keys = new Set<string>();
  for (const row of rows) {
    const code =
      faultOf(row, dayOf(now)) ??
      (lines.has(row.line) ? 'BAD_LINE' : keys.has(row.externalKey) ? 'DUPLICATE_KEY' : null);
    lines.add(row.line);
    if (code !== null) {
      rejected.push({ line: row.line, code });
      continue;
    }
    keys.add(row.externalKey);
    good.push(pastLeadOf(row, campaign));
  }
  return { good, rejected };
}

function faultOf(row: ImportRow, today: string): ImportRejectCode | null {
  const { contactedOn = null, convertedOn = null, contactedMonth = null } = row;
  if (row.line < 1) return 'BAD_LINE';
  if (!/^[\w.:/@-]{1,128}$/.test(row.externalKey)) return 'BAD_KEY';
  if (row.medium !== null && row.medium !== undefined && !isMedium(row.medium)) return 'BAD_MEDIUM';
  if (row.attempts < 0 || row.attempts > ATTEMPTS_MAX) return 'BAD_ATTEMPTS';
  if (contactedMonth !== null && (contactedMonth < 1 || contactedMonth > 12)) return 'BAD_MONTH';
  if (contactedMonth !== null && contactedOn !== null && contactedMonth !== Number(contactedOn.slice(5, 7)))
    return 'BAD_MONTH';
  if ((contactedOn ?? today) > today || (convertedOn ?? today) > today) return 'IN_FUTURE';
  if (row.outcome === 'CONVERTED' && row.attempts === 0) return 'CONVERTED_WITHOUT_CONTACT';
  if (contactedOn !== null && convertedOn !== null && convertedOn < contactedOn)
    return 'CONVERTED_BEFORE_CONTACT';
  if (row.outcome !== 'CONVERTED' && convertedOn !== null) return 'NOT_CONVERTED';
  if (row.outcome !== 'LOST' && row.lossReason !== null && row.lossReason !== undefined) return 'NOT_LOST';
  return null;
}

/** A file has no stages, so how far a lead came is read from its attempts: one is a contact, a second one a follow-up. */
function pastLeadOf(row: ImportRow, campaign: Pick<Campaign, 'channel' | 'medium'>): PastLead {
  const reached = row.attempts === 0 ? 'NEW' : row.attempts === 1 ? 'CONTACTED' : 'FOLLOWING_UP';
  return {
    line: row.line,
    externalKey: row.externalKey,
    channel: row.channel ?? campaign.channel,
    medium: row.medium ?? campaign.medium,
    attempts: row.attempts,
    stage: row.outcome === 'OPEN' ? reached : row.outcome,
    reached,
    reason: row.lossReason ?? null,
    contactedOn: row.contactedOn ?? null,
    contactedMonth: row.contactedMonth ?? (row.contactedOn ? Number(row.contactedOn.slice(5, 7)) : null),
    convertedOn: row.convertedOn ?? null,
  };
}

/**
 * Why rows were not added that the database had no room for. The same line of the same file, or the same key from another file
 * of the campaign: it is there already. The same key on another line of this file: two people under one key, rejected.
 */
export function settle(
  notAdded: readonly PastLead[],
  present: readonly Present[],
  file: string,
): { alreadyPresent: number; rejected: Reject[] } {
  const lines = new Set(present.filter((p) => p.file === file).map((p) => p.line));
  const keysOfFile = new Set(present.filter((p) => p.file === file).map((p) => p.key));
  const rejected = notAdded
    .filter((row) => !lines.has(row.line) && keysOfFile.has(row.externalKey))
    .map((row): Reject => ({ line: row.line, code: 'DUPLICATE_KEY' }));
  return { alreadyPresent: notAdded.length - rejected.length, rejected };
}
