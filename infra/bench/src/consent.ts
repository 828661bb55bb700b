import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@client-graph/local';
import { withDatabase } from './generate.js';
import { quantile } from './load.js';
import type { Table } from './table.js';

const TIMES = 50;
const COMMAND = (name: string) => `mutation ($input: ConsentInput!) { ${name}(input: $input) { at } }`;

/**
 * How long after its commit a withdrawn consent counts where messages are sent: commands through the gateway, the event through
 * Kafka, and the copy of the service watched until it says no (`domain.md` 3.1.3: 60 s at most).
 */
export async function measureConsent(stack: Stack, signal: AbortSignal): Promise<Table> {
  const token = await stack.token('operations');
  const clientId = await withDatabase(stack, 'clients', async (db) => {
    const { rows } = await db.query<{ id: string }>(
      `select id from client where status = 'ACTIVE' order by id desc limit 1`,
    );
    return rows[0]?.id ?? '';
  });
  const times = await withDatabase(stack, 'service', async (db) => {
    const isGranted = async () => {
      const { rows } = await db.query<{ is_granted: boolean }>(
        `select is_granted from consent_copy where client_id = $1 and purpose = 'MARKETING' and channel = 'SMS'`,
        [clientId],
      );
      return rows[0]?.is_granted;
    };
    const until = async (wanted: boolean) => {
      while ((await isGranted()) !== wanted) {
        signal.throwIfAborted();
        await delay(1);
      }
      return Date.now();
    };
    const measured: number[] = [];
    for (let n = 0; n < TIMES; n += 1) {
      await record(stack, token, 'grantConsent', clientId);
      await until(true);
      const committedAt = await record(stack, token, 'withdrawConsent', clientId);
      measured.push((await until(false)) - committedAt);
    }
    return measured;
  });
  return {
    title: `A withdrawn consent, from its instant in clients until service no longer sends; ${TIMES} times, milliseconds`,
    head: ['', 'p50', 'p99', 'longest', 'allowed'],
    lines: [['withdrawal', quantile(times, 0.5), quantile(times, 0.99), Math.max(...times), 60_000]],
  };
}

async function record(stack: Stack, token: string, command: string, clientId: string): Promise<number> {
  const input = {
    requestId: randomUUID(),
    clientId,
    purpose: 'MARKETING',
    channel: 'SMS',
    textVersion: '1',
    evidence: 'bench',
    source: 'APP',
  };
  const response = await fetch(stack.gatewayUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: COMMAND(command), variables: { input } }),
  });
  const answer: { data?: Record<string, { at: string }>; errors?: unknown } = JSON.parse(
    await response.text(),
  );
  const at = answer.data?.[command]?.at;
  if (at === undefined) throw new Error(`${command}: ${JSON.stringify(answer.errors)}`);
  return Date.parse(at);
}
