import { type Db, dayOf } from '@client-graph/kit';
import type { Severity } from './findings.rules.js';
import type { InspectionStatus } from './inspections.rules.js';

/** What an auditor sees first: everything that is open, counted. */
export type Overview = {
  at: Date;
  inspections: { status: InspectionStatus; count: number }[];
  openFindings: { severity: Severity; count: number }[];
  lateFindings: number;
  unassignedFindings: number;
  overdueReviews: number;
  blockingReviews: number;
  expiredAssessments: number;
  lateComplaints: number;
  waitingApprovals: number;
  openAccesses: number;
  waitingAccesses: number;
  readsToday: number;
  legalHolds: number;
  restrictedClients: number;
  openDataRequests: number;
  lateDataRequests: number;
  gradeOverrides: number;
};

const COUNTS = `
  select
    (select coalesce(jsonb_agg(jsonb_build_object('status', status, 'count', n) order by status), '[]')
     from (select status, count(*)::int as n from inspection where status <> 'CLOSED' group by 1) i) as "inspections",
    (select coalesce(jsonb_agg(jsonb_build_object('severity', severity, 'count', n) order by severity), '[]')
     from (select severity, count(*)::int as n from finding where status <> 'VERIFIED' group by 1) f) as "openFindings",
    (select count(*)::int from finding where status <> 'VERIFIED' and due_on < $1::date) as "lateFindings",
    (select count(*)::int from finding where status <> 'VERIFIED' and owner_id is null) as "unassignedFindings",
    (select count(*)::int from information_review where stage = 'OVERDUE') as "overdueReviews",
    (select count(*)::int from information_review where stage = 'BLOCKING') as "blockingReviews",
    (select count(*)::int from risk_tolerance t join client c on c.id = t.client_id
     where c.status = 'ACTIVE' and t.valid_to < $1::date) as "expiredAssessments",
    (select count(*)::int from supervised_complaint
     where is_open and on_time is null and due_on < $1::date) as "lateComplaints",
    (select count(*)::int from approval where status = 'PENDING' and expires_at > $2) as "waitingApprovals",
    (select count(*)::int from archive_access where status = 'OPEN' and closes_at > $2) as "openAccesses",
    (select count(*)::int from archive_access where status = 'REQUESTED') as "waitingAccesses",
    (select count(*)::int from archive_read where at >= ($1::date)::timestamp at time zone 'Asia/Shanghai') as "readsToday",
    (select count(*)::int from legal_hold where status in ('PROPOSED', 'IN_FORCE')) as "legalHolds",
    (select count(*)::int from client where status = 'RESTRICTED') as "restrictedClients",
    (select count(*)::int from data_request where status = 'RECEIVED') as "openDataRequests",
    (select count(*)::int from data_request where status = 'RECEIVED' and due_on < $1::date) as "lateDataRequests",
    (select count(*)::int from grade_override where status = 'APPROVED' and until >= $1::date) as "gradeOverrides"`;

/** One statement, whatever there is. */
export async function overviewOf(db: Db): Promise<Overview> {
  const at = db.now();
  const [counts]: [Omit<Overview, 'at'>] = await db.source.query(COUNTS, [dayOf(at), at]);
  return { at, ...counts };
}
