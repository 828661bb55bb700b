import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, SERVICES, type ServiceName, type Stack } from '@client-graph/local';
import { until } from './load.js';

/** One request of the gateway to a service. Those of one level do not wait for each other; a level waits for the one before. */
export type Fetch = { service: ServiceName; body: string };

type Seen = Fetch & { startedMs: number; endedMs: number };

/** So long is each answer held back that what the gateway sends at the same time is seen to overlap. */
const HOLD_MS = 100;

/** The fetches by level: each is one level behind the last that had ended when it began. */
export function levelsOf(seen: readonly Seen[]): Fetch[][] {
  const levels: Fetch[][] = [];
  const placed = new Map<Seen, number>();
  for (const one of seen.toSorted((a, b) => a.startedMs - b.startedMs)) {
    const before = [...placed].filter(([other]) => other.endedMs <= one.startedMs).map(([, level]) => level);
    const level = Math.max(-1, ...before) + 1;
    placed.set(one, level);
    levels[level] ??= [];
    levels[level].push({ service: one.service, body: one.body });
  }
  return levels;
}

/** Asks once through a gateway of its own whose services are reached through a listening proxy, and tells what was sent. */
export async function recordFetches(
  stack: Stack,
  ask: { body: string; token: string },
  signal: AbortSignal,
): Promise<Fetch[][]> {
  const seen: Seen[] = [];
  const proxy = createServer((request, response) => {
    pass(stack, request, seen).then(
      (answer) => response.setHeader('content-type', 'application/json').end(answer),
      () => response.writeHead(502).end(),
    );
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const gateway = await forkGateway(stack, base);
  try {
    await until('the recording gateway', signal, () => isLive(gateway.url));
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ask.token}` };
    const answer = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: ask.body, signal });
    const text = await answer.text();
    if (text.includes('"errors":'))
      throw new Error(`The recorded query was answered with errors: ${text.slice(0, 300)}`);
    return levelsOf(seen);
  } finally {
    gateway.kill();
    proxy.closeAllConnections();
    proxy.close();
  }
}

async function pass(stack: Stack, request: IncomingMessage, seen: Seen[]): Promise<string> {
  const startedMs = performance.now();
  const service = SERVICES.find((name) => request.url === `/${name}`);
  if (service === undefined) return '';
  const chunks: string[] = [];
  for await (const chunk of request) chunks.push(String(chunk));
  const body = chunks.join('');
  const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' };
  const answer = await fetch(stack.serviceUrl(service), { method: 'POST', headers, body });
  const text = await answer.text();
  await delay(HOLD_MS);
  seen.push({ service, body, startedMs, endedMs: performance.now() });
  return text;
}

async function forkGateway(stack: Stack, base: string): Promise<{ url: string; kill: () => void }> {
  const port = await freePort();
  const urls = SERVICES.map((service) => [`SERVICE_URL_${service.toUpperCase()}`, `${base}/${service}`]);
  const env = {
    ...process.env,
    ...Object.fromEntries(urls),
    PORT: String(port),
    OIDC_ISSUER: stack.issuer,
    LOG_LEVEL: 'warn',
  };
  const main = fileURLToPath(new URL('../../../gateway/dist/main.js', import.meta.url));
  // It ends with this process however this process ends.
  const endsWithParent = 'data:text/javascript,process.on("disconnect",()=>process.exit())';
  const child = fork(main, {
    env,
    execArgv: ['--import', endsWithParent],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return { url: `http://127.0.0.1:${port}`, kill: () => child.kill('SIGKILL') };
}

async function isLive(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/live`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
