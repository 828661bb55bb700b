import { randomFillSync } from 'node:crypto';

/** Random bytes are fetched for many traces at once: each fetch costs as much as all else that a trace needs. */
const TRACE_BYTES = 24;
const pool = Buffer.alloc(TRACE_BYTES * 128);
let used = pool.length;

function randomHex(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += TRACE_BYTES;
  return pool.toString('hex', used - TRACE_BYTES, used);
}

/** The caller's W3C trace context, or the start of a new one. */
export function traceOf(header: string | string[] | undefined): string {
  if (typeof header === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header)) return header;
  const hex = randomHex();
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`;
}
