import { defineRefusals } from '@client-graph/kit/refusals';
import { z } from 'zod';

export const refuse = defineRefusals({
  BAD_FORM: 'A form asks for consent on at least one channel, by a text whose version is a code.',
  FORM_CLOSED: 'The form was closed before.',
});

const Channel = z.enum(['PHONE', 'SMS', 'EMAIL', 'WECHAT', 'POST', 'FACE']);

/** What a page posts. A field that is not known is a fault of the page and refused, so that nothing is lost in silence. */
export const Submission = z.strictObject({
  /** Made by the page once for each filled form: sending it again does nothing a second time. */
  submissionId: z.string().regex(/^[\w.:-]{8,64}$/),
  name: z.string().min(1).max(120),
  mobile: z.string().max(40).optional(),
  email: z.string().max(254).optional(),
  personKind: z.enum(['PERSON', 'COMPANY']).optional(),
  uscc: z.string().max(40).optional(),
  consent: z.strictObject({
    /** The box that the person has ticked themself. */
    given: z.literal(true),
    channels: z.array(Channel).min(1).max(6),
    /** The version of the text that the page has shown. */
    textVersion: z.string().min(1).max(64),
    at: z.iso.datetime({ offset: true }),
  }),
  /** A field that people do not see; what fills it is a machine. */
  website: z.string().max(200).optional(),
});
export type Submission = z.output<typeof Submission>;

/** Places of the faults, never what stands there. */
export type Read = { submission: Submission } | { code: 'NO_CONSENT' | 'BAD_FIELDS'; fields: string[] };

export function readSubmission(body: unknown): Read {
  const result = Submission.safeParse(body);
  if (result.success) return { submission: result.data };
  const fields = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => key.slice(0, 64)) : [issue.path.join('.')],
  );
  const hasConsent = !fields.some((field) => field === 'consent' || field.startsWith('consent.'));
  return { code: hasConsent ? 'BAD_FIELDS' : 'NO_CONSENT', fields: [...new Set(fields)].slice(0, 20) };
}

const HOUR_MS = 3_600_000;
const CONSENT_AGE_MAX_MS = 24 * HOUR_MS;
/** Clocks of people's devices are not exact. */
const CLOCK_SKEW_MS = HOUR_MS / 12;

export type ConsentFault = 'TEXT_OUTDATED' | 'CHANNEL_NOT_OFFERED' | 'CONSENT_TOO_OLD';

/** Whether the consent is one that this form has asked for, just now; null when it is. */
export function consentFault(
  consent: Submission['consent'],
  form: { textVersion: string; channels: readonly string[] },
  now: Date,
): ConsentFault | null {
  if (consent.textVersion !== form.textVersion) return 'TEXT_OUTDATED';
  if (!consent.channels.every((channel) => form.channels.includes(channel))) return 'CHANNEL_NOT_OFFERED';
  const age = now.getTime() - Date.parse(consent.at);
  return age > CONSENT_AGE_MAX_MS || age < -CLOCK_SKEW_MS ? 'CONSENT_TOO_OLD' : null;
}

/** Whether a page may post, by the address it comes from; a caller that is no browser names none. */
export const isWelcome = (origin: string | undefined, origins: readonly string[]): boolean =>
  origin === undefined || origins.includes(origin);

/** A bucket of permits that fills up again with time. */
export type Bucket = { permits: number; at: number };
export type Limit = { burst: number; perMinute: number };

const MINUTE_MS = 60_000;

/** Takes a permit, or says how many seconds to wait for one. */
export function take(
  bucket: Bucket | undefined,
  limit: Limit,
  nowMs: number,
): { bucket: Bucket; waitSeconds: number } {
  const full = bucket ?? { permits: limit.burst, at: nowMs };
  const gained = ((nowMs - full.at) / MINUTE_MS) * limit.perMinute;
  const permits = Math.min(limit.burst, full.permits + Math.max(0, gained));
  if (permits >= 1) return { bucket: { permits: permits - 1, at: nowMs }, waitSeconds: 0 };
  return {
    bucket: { permits, at: nowMs },
    waitSeconds: Math.max(1, Math.ceil(((1 - permits) / limit.perMinute) * 60)),
  };
}
