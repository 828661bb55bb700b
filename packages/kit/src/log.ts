import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines to standard output. Callers log codes, ids and durations; whatever might hold a person's data is not handed in, and headers are cut as a second fence. */
export const createLog = (service: string, level: string): Log =>
  pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['headers', 'req.headers', 'variables', 'input', '*.authorization'],
    serializers: {
      err: (error: Error) => ({
        type: error.name,
        message: safeMessage(error),
        stack: error.stack?.split('\n').slice(1, 8).join('\n'),
      }),
    },
  });

/** A database error repeats the values it met in `detail` and sometimes in its message; its code says enough. */
function safeMessage(error: Error & { code?: unknown; constraint?: unknown }): string {
  if (typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)) {
    return `database error ${error.code}${typeof error.constraint === 'string' ? ` on ${error.constraint}` : ''}`;
  }
  return error.message;
}
