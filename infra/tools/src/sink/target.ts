import type { DataOf, LeadConverted, ReceivedEvent } from '@client-graph/events';

/** A conversion as the sink hands it on. */
export type ConversionEvent = ReceivedEvent<DataOf<typeof LeadConverted>>;

/** Where conversions go. `deliver` returns once they are there, in the order given; throwing means: try again. */
export type Target = {
  /** Brings the output to where the positions say it is; returns its length, or undefined for an output without one. */
  open: (bytes: number | undefined) => Promise<number | undefined>;
  deliver: (events: readonly ConversionEvent[]) => Promise<Delivered>;
  close: () => Promise<void>;
};
export type Delivered = {
  bytes?: number;
  /** Events that the receiver has refused for good, with its reason. */
  refused: readonly { event: ConversionEvent; reason: string }[];
};

/** One JSON object for each conversion, the same in a file and in the body of a webhook. */
export const jsonOf = ({ id, type, version, time, sequence, data }: ConversionEvent): string =>
  JSON.stringify({ id, type, version, time: time.toISOString(), sequence, data });

const COLUMNS = [
  'eventId',
  'time',
  'leadId',
  'clientId',
  'daysToConvert',
  'campaignId',
  'referrerClientId',
  'firstTouchAt',
  'firstTouchChannel',
  'firstTouchCampaignId',
  'lastTouchAt',
  'lastTouchChannel',
  'lastTouchCampaignId',
  'attribution',
] as const;

export const CSV_HEADER = `${COLUMNS.join(',')}\n`;

/** A line of the CSV. Attribution is `MODEL CHANNEL CAMPAIGN SHARE`, several divided by `;`. Nothing in it needs quotes: ids, codes, numbers. */
export function csvOf({ id, time, data }: ConversionEvent): string {
  const { firstTouch, lastTouch } = data;
  const shares = (data.attribution ?? []).map(
    ({ model, channel, campaignId, share }) => `${model} ${channel} ${campaignId ?? '-'} ${share}`,
  );
  const cells = [
    ...[id, time.toISOString(), data.leadId, data.clientId, String(data.daysToConvert)],
    ...[data.campaignId ?? '', data.referrerClientId ?? ''],
    ...[firstTouch.at, firstTouch.channel, firstTouch.campaignId ?? ''],
    ...[lastTouch.at, lastTouch.channel, lastTouch.campaignId ?? ''],
    shares.join(';'),
  ];
  return `${cells.join(',')}\n`;
}
