import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Made on first use. In production the keys must be named: a file nobody knows of is lost with its container. */
export const DEVELOPMENT_KEYS = `file:${fileURLToPath(new URL('../../../.local/master-keys.json', import.meta.url))}`;

/** What every service needs from its environment. */
export const serviceEnv = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** The role that owns the tables and migrates them, and the one that sends the outbox; the service's own where they are not given. */
  MIGRATOR_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  RELAY_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(2).default(10),
  KAFKA_BROKERS: z.string().transform((list) => list.split(',').map((broker) => broker.trim())),
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: z.string().default('client-graph'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  NODE_ENV: z.string().default('development'),
  /** Where the master keys are: `file:<path>`, made when it is missing, or `aws-kms:<key id or ARN>`. */
  MASTER_KEYS: z
    .string()
    .regex(/^(file|aws-kms):./, 'file:<path> or aws-kms:<key id or ARN>')
    .default(DEVELOPMENT_KEYS),
});

export type ServiceEnv = z.output<typeof serviceEnv>;

/** Reads the environment once. Every problem is said at once, one line each, naming the variable; then the process exits with 1. */
export function parseEnv<Shape extends z.ZodObject>(
  shape: Shape,
  source: NodeJS.ProcessEnv = process.env,
): z.output<Shape> {
  const result = shape.safeParse(source);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  process.stderr.write(`The environment is not complete:\n${problems.join('\n')}\n`);
  process.exit(1);
}

/** Apollo's libraries tell their maker of their use unless the environment says otherwise. */
export function turnTelemetryOff(): void {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
}
