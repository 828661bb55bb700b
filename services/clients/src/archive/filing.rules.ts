import type { ItemClass } from './retention.rules.js';

/** What of each event is filed: its class, which field names the record, and whether it ends the matter it is about. */
type Filing = { itemClass: ItemClass; ref: string; ends?: true };

const identity = { itemClass: 'IDENTITY', ref: 'clientId' } as const;
const order = { itemClass: 'TRADE', ref: 'orderId' } as const;
const assessment = { itemClass: 'SUITABILITY', ref: 'assessmentId' } as const;
const complaint = { itemClass: 'COMPLAINT', ref: 'complaintId' } as const;
const message = { itemClass: 'SERVICE_RECORD', ref: 'communicationId' } as const;

/** Basic information, risk reports, trade records, service records (policy 8.1), and what proves that the firm kept its duties. */
export const FILED = {
  'client.onboarded': identity,
  'client.activated': identity,
  'client.updated': identity,
  'client.classified': identity,
  'client.graded': identity,
  'client.dormant': identity,
  'client.reactivated': identity,
  'client.restricted': identity,
  'client.unrestricted': identity,
  'client.deceased': identity,
  'client.closing': identity,
  'client.closed': identity,
  'client.review.completed': identity,
  'client.consent.changed': { itemClass: 'CONSENT', ref: 'purpose' },
  'assessment.submitted': assessment,
  'assessment.scored': assessment,
  'assessment.interview.completed': assessment,
  'assessment.report.issued': { itemClass: 'SUITABILITY', ref: 'reportId' },
  'assessment.review.decided': { itemClass: 'SUITABILITY', ref: 'reviewId' },
  'assessment.invalidated': assessment,
  'risk.profile.changed': assessment,
  'suitability.checked': { itemClass: 'SUITABILITY', ref: 'decisionId' },
  'order.submitted': order,
  'order.accepted': order,
  'order.settled': order,
  'order.cancelled': order,
  'order.rejected': order,
  'order.failed': order,
  'order.reversed': order,
  'order.fee.charged': order,
  'interaction.logged': { itemClass: 'SERVICE_RECORD', ref: 'interactionId' },
  'communication.sent': message,
  'communication.delivered': message,
  'complaint.received': complaint,
  'complaint.acknowledged': complaint,
  'complaint.extended': complaint,
  'complaint.resolved': complaint,
  'complaint.followedup': complaint,
  'complaint.reopened': complaint,
  'complaint.closed': { ...complaint, ends: true },
  'complaint.withdrawn': { ...complaint, ends: true },
} as const satisfies Record<string, Filing>;

/** How an event is filed; undefined for one that belongs in no client's file. */
export const filingOf = (type: string): Filing | undefined =>
  new Map<string, Filing>(Object.entries(FILED)).get(type);

/** The matter that a consent is about: a grant ends when the same thing is withdrawn. */
export const consentMatter = (facts: Readonly<Record<string, unknown>>): string =>
  [facts['purpose'], facts['channel']].filter((part) => typeof part === 'string').join(':');
