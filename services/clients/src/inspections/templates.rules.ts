import { defineRefusals } from '@client-graph/kit/refusals';
import { z } from 'zod';

const Words = z.strictObject({
  EN: z.string().min(1),
  ZH_HANS: z.string().min(1),
  ZH_HANT: z.string().min(1),
});
const Step = z.strictObject({
  code: z.string().regex(/^[A-Z_]{1,40}$/),
  rule: z.string().min(1),
  text: Words,
});
const Content = z.strictObject({
  period: z.enum(['HALF_YEAR', 'YEAR', 'NONE', 'DAILY']),
  dueDays: z.int().positive(),
  label: Words,
  steps: z.array(Step).max(30),
});

/** What an inspection of a kind consists of. */
export type TemplateContent = z.infer<typeof Content>;
export type Step = z.infer<typeof Step>;

export const TemplatesFile = z.strictObject({
  version: z.string().min(1),
  effectiveFrom: z.iso.date(),
  source: z.string().min(1),
  templates: z.array(Content.extend({ code: z.string().regex(/^[A-Z_]{1,40}$/) })),
});

const severity = z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
const check = { severity, rule: z.string().min(1), dueDays: z.int().positive() };
const count = z.int().positive();
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** What daily supervision looks for, and from how many on. */
export const Checks = z.strictObject({
  OVERDUE_REVIEW: z.strictObject(check),
  EXPIRED_ASSESSMENT_ORDER: z.strictObject(check),
  OVERRIDES: z.strictObject({ ...check, perClient: count, perAdviser: count, withinDays: count }),
  COMPLAINT_LATE: z.strictObject(check),
  FILES_READ: z.strictObject({ ...check, perDay: count }),
  OWN_FILE: z.strictObject(check),
  AFTER_HOURS: z.strictObject({ ...check, from: clock, to: clock, perNight: count }),
  /** Tables from before this check have it all the same. */
  AUDIT_LOG: z.strictObject(check).default({ severity: 'CRITICAL', rule: 'policy-9.1', dueDays: 1 }),
});
export type Checks = z.infer<typeof Checks>;
export type CheckCode = keyof Checks;

export type SupervisionTableKind = 'INSPECTION_TEMPLATE' | 'DAILY_CHECKS';

export const refuseSupervisionTable = defineRefusals({
  SUPERVISION_TABLE_WRONG: 'The table is not made as such tables are; the details say where.',
  SUPERVISION_TABLE_TAKEN: 'A table of this version or for this day is there already.',
  SUPERVISION_TABLE_PAST: 'A table takes effect on a day to come.',
});

const SHAPES = { INSPECTION_TEMPLATE: Content, DAILY_CHECKS: Checks };

/** The table that a text of JSON states. Refuses SUPERVISION_TABLE_WRONG and says where. */
export function tableOf(kind: SupervisionTableKind, text: string): TemplateContent | Checks {
  const parsed = SHAPES[kind].safeParse(parsedJson(text));
  if (!parsed.success)
    throw refuseSupervisionTable('SUPERVISION_TABLE_WRONG', {
      at: parsed.error.issues.map(({ path }) => path.join('.')).slice(0, 10),
    });
  const codes = 'steps' in parsed.data ? parsed.data.steps.map(({ code }) => code) : [];
  if (new Set(codes).size !== codes.length)
    throw refuseSupervisionTable('SUPERVISION_TABLE_WRONG', { at: ['steps'] });
  // The night begins in the evening and ends in the morning.
  if ('AFTER_HOURS' in parsed.data && parsed.data.AFTER_HOURS.from <= parsed.data.AFTER_HOURS.to)
    throw refuseSupervisionTable('SUPERVISION_TABLE_WRONG', { at: ['AFTER_HOURS.to'] });
  return parsed.data;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const ChecksFile = z.strictObject({
  version: z.string().min(1),
  effectiveFrom: z.iso.date(),
  source: z.string().min(1),
  checks: Checks,
});
