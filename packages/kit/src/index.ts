export { accessLimits } from './anomalies.js';
export {
  type Approvable,
  ApprovalRow,
  canDecide,
  expireApprovals,
  listApprovals,
  openApproval,
  settleApproval,
} from './approvals.js';
export { type ApprovalDecision, type ApprovalStatus, refuseApproval } from './approvals.rules.js';
export { sealAudit } from './audit.js';
export {
  type Actor,
  ANONYMOUS,
  actorOf,
  createVerifier,
  type Verify,
} from './auth.js';
export { ClientCopyRow, clientCopyHandlers } from './client-copy.js';
export { decimal, nullableDecimal } from './columns.js';
export type { Context } from './context.js';
export { createContext } from './context.js';
export {
  asService,
  type Db,
  findForUpdate,
  isUuid,
  type Row,
  type RowClass,
  type Tx,
  transact,
} from './db.js';
export { parseEnv, type ServiceEnv, serviceEnv } from './env.js';
export { errorFormatter, errorOf } from './errors.js';
export { applyEvent, type Handler, handle } from './handler.js';
export type { Job } from './jobs.js';
export { createKafka, ensureTopics } from './kafka.js';
export { keysInMemory, rotateKeyFile } from './keys.js';
export { createLog, type Log } from './log.js';
export { CURRENCIES, type Money, minorUnits, positiveMoney } from './money.js';
export { type Connection, connectionOf, type PageArgs, page, pageOf } from './paging.js';
export {
  hiddenSql,
  isHidden,
  isWalled,
  ofSeenClients,
  type Reachable,
  reachedSql,
  reaches,
  reachesAll,
  seesRestricted,
  serves,
  walledSql,
} from './reach.js';
export { recordingReads } from './recording.js';
export { defineRefusals, isRefusal, Refusal, refuse } from './refusals.js';
export { isRole, ROLES, type Role } from './roles.js';
export { addRoutes, type Route, type RouteAnswer, type RouteRequest } from './routes.js';
export { Decimal, isDay } from './scalars.js';
export { loadSchema } from './schema.js';
export { ERASED, sealed } from './sealed.js';
export {
  callerOf,
  openDatabase,
  type ServiceDefinition,
  schemaOf,
  startService,
} from './server.js';
export { tableProposals, wanted } from './table-proposals.js';
export { dayOf, daysBetween, endOfMonth, plusDays, plusMonths, yearsBetween } from './time.js';
