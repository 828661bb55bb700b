import { MaterialEventOpened, NoticeConfirmed } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';
import type { WorkingCalendar } from '../calendar/calendar.rules.js';
import { dueAfter } from '../complaints/clocks.rules.js';
import { percentOf } from '../figures.rules.js';
import type { TermsOf } from '../table-versions/terms.rules.js';

export type Source = keyof typeof SOURCE_LABELS;
export type Severity = 'SEVERE' | 'NORMAL';
export type NoticeProof = 'READ' | 'CONFIRMED' | 'CALLED';
export type MaterialEvent = { id: string; source: Source; severity: Severity; productIds: string[] };
export type Notice = {
  id: string;
  materialEventId: string;
  clientId: string;
  informedAt: Date | null;
  informedVia: NoticeProof | null;
};

export const SOURCE_LABELS = {
  RATING_CHANGED: { EN: 'New rating', ZH_HANS: '产品风险等级调整', ZH_HANT: '產品風險等級調整' },
  SUSPENDED: { EN: 'Suspension', ZH_HANS: '产品暂停', ZH_HANT: '產品暫停' },
  DEFAULT: { EN: 'Default', ZH_HANS: '违约', ZH_HANT: '違約' },
  PRODUCT_EVENT: { EN: 'Event of a product', ZH_HANS: '产品重大事项', ZH_HANT: '產品重大事項' },
  FIRM_EVENT: { EN: 'Event of the firm', ZH_HANS: '公司重大事项', ZH_HANT: '公司重大事項' },
} as const;

const PRODUCTS_MAX = 20;
const WORDS_MAX = 200;

export const refuse = defineRefusals({
  MATERIAL_AUDIENCE:
    'Name one to twenty products, or none and the source FIRM_EVENT: holders are told of products, an audience of the firm.',
  MATERIAL_WORDS: 'Say in 1 to 200 characters on one line what has happened.',
  ALREADY_INFORMED: 'It is on record already that the client knows.',
});

type Ask = {
  source: Source;
  severity: Severity;
  productIds: readonly string[];
  event: string;
  effectiveOn: string;
};

/** Opens a material event: its deadline is counted from its detection by the firm's table (domain 3.4.4). */
export function open(
  ask: Ask,
  terms: TermsOf<'NOTICE_TERMS'>,
  calendar: WorkingCalendar,
  by: { id: string; openedBy: string | null; cause: string | null; templateId: string; now: Date },
) {
  const isOfFirm = ask.source === 'FIRM_EVENT';
  if (ask.productIds.length > PRODUCTS_MAX || isOfFirm !== (ask.productIds.length === 0))
    throw refuse('MATERIAL_AUDIENCE', { max: PRODUCTS_MAX });
  const event = ask.event.trim();
  if (event.length < 1 || event.length > WORDS_MAX || /[\r\n]/.test(event)) throw refuse('MATERIAL_WORDS');
  const deadline = dueAfter(terms.within, by.now, calendar);
  const calls = dueAfter(terms.callWithin, deadline.at, calendar);
  return {
    id: by.id,
    version: 1,
    source: ask.source,
    severity: ask.severity,
    productIds: [...ask.productIds],
    event,
    effectiveOn: ask.effectiveOn,
    cause: by.cause,
    templateId: by.templateId,
    detectedAt: by.now,
    deadline: deadline.at,
    deadlineIsProvisional: deadline.isProvisional || calls.isProvisional,
    callBy: dayOf(calls.at),
    audience: 0,
    openedBy: by.openedBy,
    callsPlannedAt: null,
  };
}

export const opened = (event: MaterialEvent & { audience: number; deadline: Date }) =>
  MaterialEventOpened({
    materialEventId: event.id,
    source: event.source,
    severity: event.severity,
    count: event.audience,
    dueAt: event.deadline.toISOString(),
  });

/** A higher rating is grave for who holds the product; a lower one is told without haste. */
export const severityOfRating = (from: string, to: string): Severity => (to > from ? 'SEVERE' : 'NORMAL');

/** It is proved that the client knows; the first proof stays. */
export function inform(notice: Notice, via: NoticeProof, now: Date) {
  if (notice.informedAt !== null) throw refuse('ALREADY_INFORMED', { via: notice.informedVia });
  const { id, clientId, materialEventId } = notice;
  return {
    changes: { informedAt: now, informedVia: via },
    events: [NoticeConfirmed({ clientId, materialEventId, noticeId: id, reason: via })],
  };
}

export type Counts = {
  audience: number;
  sent: number;
  delivered: number;
  informed: number;
  failed: number;
  callsOpen: number;
};

/** The audience is the whole, be it told or not; everybody of nobody knows. */
export const coverageOf = (counts: Counts) => ({
  ...counts,
  deliveredPercent: percentOf(counts.delivered, counts.audience) ?? new Decimal(100),
  informedPercent: percentOf(counts.informed, counts.audience) ?? new Decimal(100),
});
