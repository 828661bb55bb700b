import { z } from 'zod';
import { Code, Day } from './codes.js';
import { defineEvent } from './define.js';

export const AuditSealed = defineEvent({
  topic: 'audit.v1',
  type: 'audit.sealed',
  version: 1,
  meaning:
    'The audit log of a service has grown up to this place; what it shows later must contain this hash there.',
  key: 'service',
  data: z.object({ service: Code, seq: z.int().positive(), hash: z.string().regex(/^[\w-]{43}$/) }),
});

export const AuditBroken = defineEvent({
  topic: 'audit.v1',
  type: 'audit.broken',
  version: 1,
  meaning: 'The nightly check of the audit log of a service has found that it is not as it was written.',
  key: 'service',
  data: z.object({
    service: Code,
    day: Day,
    /** What was found first: it and its place, where there is one. */
    verdict: z.enum(['EDITED', 'REMOVED', 'INSERTED', 'REORDERED', 'TRUNCATED']),
    seq: z.int().positive().nullable(),
    /** How many findings, at most a hundred. */
    findings: z.int().positive(),
  }),
});

export const AccessAnomalyFound = defineEvent({
  topic: 'audit.v1',
  type: 'access.anomaly.found',
  version: 1,
  meaning: 'Somebody has read files of clients on a day in a way that somebody else should look at.',
  key: 'actorId',
  data: z.object({
    service: Code,
    kind: z.enum(['MANY_FILES', 'OWN_FILE', 'OWN_RELATIVE', 'AFTER_HOURS']),
    actorId: z.uuid(),
    role: Code,
    day: Day,
    /** How many files of clients. */
    files: z.int().positive(),
    /** The only one, or one of them. */
    clientId: z.uuid(),
  }),
});

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const AccessLimitsChanged = defineEvent({
  topic: 'clients.v1',
  type: 'access.limits.changed',
  version: 1,
  meaning: 'From a day on, each service looks at who has read what by these limits.',
  key: 'version',
  data: z.object({
    version: Code,
    effectiveFrom: Day,
    /** Files of clients that one member of staff may open in a day. */
    files: z.int().positive(),
    /** When the hours of work begin in Shanghai, and when they end. */
    from: clock,
    to: clock,
  }),
});
