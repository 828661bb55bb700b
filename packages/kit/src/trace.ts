import { randomBytes } from 'node:crypto';

/** The caller's W3C trace context, or the start of a new one. */
export function traceOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header)
    ? header
    : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
