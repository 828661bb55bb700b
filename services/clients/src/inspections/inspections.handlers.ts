import {
  AccessAnomalyFound,
  AuditBroken,
  ComplaintAcknowledged,
  ComplaintClosed,
  ComplaintDeclined,
  ComplaintExtended,
  ComplaintFollowedUp,
  ComplaintInvestigated,
  ComplaintMerged,
  ComplaintReceived,
  ComplaintReopened,
  ComplaintRescheduled,
  ComplaintResolved,
  ComplaintReviewed,
  ComplaintWithdrawn,
} from '@client-graph/events';
import { type Handler, handle } from '@client-graph/kit';
import { takeAnomaly, takeBrokenAudit } from './checks.js';
import { watchComplaint } from './complaints.js';

/** What daily supervision must know: of complaints, those of strangers too, and of what the logs of access show anywhere. */
export const supervisionHandlers: readonly Handler[] = [
  ...[
    ComplaintReceived,
    ComplaintAcknowledged,
    ComplaintInvestigated,
    ComplaintReopened,
    ComplaintReviewed,
  ].map((open) => handle(open, (tx, { data }) => watchComplaint(tx, data, true))),
  handle(ComplaintExtended, (tx, { data }) => watchComplaint(tx, data, true)),
  handle(ComplaintRescheduled, (tx, { data }) => watchComplaint(tx, data, true)),
  ...[ComplaintResolved, ComplaintFollowedUp, ComplaintClosed, ComplaintWithdrawn, ComplaintDeclined].map(
    (ended) => handle(ended, (tx, { data }) => watchComplaint(tx, data, false)),
  ),
  handle(AccessAnomalyFound, (tx, { data }) => takeAnomaly(tx, data)),
  handle(AuditBroken, (tx, { data }) => takeBrokenAudit(tx, data)),
  handle(ComplaintMerged, (tx, { data }) => watchComplaint(tx, data, false)),
];
