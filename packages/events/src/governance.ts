import { z } from 'zod';
import { Code, Day } from './codes.js';
import { defineEvent } from './define.js';

const reading = (type: string, meaning: string) =>
  defineEvent({
    topic: 'clients.v1',
    type,
    version: 1,
    meaning,
    key: 'clientId',
    data: z.object({
      clientId: z.uuid(),
      /** The request by which the file was asked for. */
      requestId: z.uuid(),
      itemClasses: z.array(Code),
      /** The post of who has asked or reads. */
      role: Code,
    }),
  });

export const ArchiveAccessGranted = reading(
  'archive.access.granted',
  'A second person has allowed somebody to see items of the file of the client for some hours.',
);
export const ArchiveRead = reading('archive.read', 'Items of the file of the client were read or exported.');

export const FindingSeverity = z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
const inspection = { inspectionId: z.uuid(), template: Code };

export const InspectionOpened = defineEvent({
  topic: 'clients.v1',
  type: 'inspection.opened',
  version: 1,
  meaning: 'An inspection of the management of clients has begun (policy 9).',
  key: 'inspectionId',
  data: z.object({ ...inspection, from: Day, to: Day, dueOn: Day }),
});

export const FindingRaised = defineEvent({
  topic: 'clients.v1',
  type: 'finding.raised',
  version: 1,
  meaning: 'An inspection or a daily check has found that a rule was broken; rule says which.',
  key: 'inspectionId',
  data: z.object({
    ...inspection,
    findingId: z.uuid(),
    severity: FindingSeverity,
    rule: Code,
    dueOn: Day,
  }),
});

export const RectificationVerified = defineEvent({
  topic: 'clients.v1',
  type: 'rectification.verified',
  version: 1,
  meaning:
    'Somebody else than its owner has seen that a finding was put right; onTime says whether by its day.',
  key: 'inspectionId',
  data: z.object({
    ...inspection,
    findingId: z.uuid(),
    severity: FindingSeverity,
    dueOn: Day,
    onTime: z.boolean(),
  }),
});

export const InspectionClosed = defineEvent({
  topic: 'clients.v1',
  type: 'inspection.closed',
  version: 1,
  meaning:
    'Every finding of the inspection was put right and verified; counts are of its findings by severity.',
  key: 'inspectionId',
  data: z.object({
    ...inspection,
    counts: z.array(z.object({ severity: FindingSeverity, count: z.int().nonnegative() })),
  }),
});
