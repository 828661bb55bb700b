import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type Failure, Origin, type Sending } from './http.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const portOf = (server: { address: () => unknown }) => Number(Object(server.address()).port);

async function serve(handler: RequestListener): Promise<Server> {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return server;
}

function originOf(port: number, connections = 4): Origin {
  const origin = new Origin(new URL(`http://127.0.0.1:${port}/graphql?x=1`), connections);
  closers.push(() => origin.close());
  return origin;
}

type Outcome = { text: string } | { failure: Failure };

function ask(
  origin: Origin,
  body: string,
  timeoutMs = 2_000,
): { outcome: Promise<Outcome>; sending: Sending } {
  let settle: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve;
  });
  const sending = origin.post('x-purpose: CARE\r\n', body, timeoutMs, {
    answered: (text) => settle({ text }),
    failed: (failure) => settle({ failure }),
  });
  return { outcome, sending };
}

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.end(Buffer.concat(chunks)));
};

test('what is sent arrives whole, with its head, and comes back whole, in whatever letters and however long', async () => {
  const heads: unknown[] = [];
  const server = await serve((request, response) => {
    heads.push([request.method, request.url, request.headers['x-purpose'], request.headers['content-type']]);
    echo(request, response);
  });
  const origin = originOf(portOf(server));
  for (const body of ['{}', '{"name":"張偉 – Ünal"}', JSON.stringify('長'.repeat(400_000))])
    expect(await ask(origin, body).outcome).toEqual({ text: body });
  expect(new Set(heads.map((head) => JSON.stringify(head)))).toEqual(
    new Set([JSON.stringify(['POST', '/graphql?x=1', 'CARE', 'application/json'])]),
  );
});

test('no more connections than may be, and no answer goes to another', async () => {
  const sockets = new Set<unknown>();
  const server = await serve((request, response) => {
    sockets.add(request.socket);
    setTimeout(() => echo(request, response), 5);
  });
  const origin = originOf(portOf(server), 3);
  const bodies = Array.from({ length: 50 }, (_, index) => `{"n":${index}}`);
  const outcomes = await Promise.all(bodies.map((body) => ask(origin, body).outcome));
  expect(outcomes).toEqual(bodies.map((text) => ({ text })));
  expect(sockets.size).toBe(3);
});

/** A promise that somebody else keeps. */
function aPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((kept) => {
    resolve = kept;
  });
  return { promise, resolve };
}

test('one that is given up, waiting or under way, disturbs no other', async () => {
  const { promise: hasArrived, resolve: arrived } = aPromise();
  // The first is never answered.
  let count = 0;
  const server = await serve((request, response) => {
    count += 1;
    if (count === 1) arrived();
    else echo(request, response);
  });
  const origin = originOf(portOf(server), 1);
  const [running, waiting, last] = ['1', '2', '3'].map((body) => ask(origin, body));
  await hasArrived;
  waiting?.sending.cancel();
  running?.sending.cancel();
  expect(await running?.outcome).toEqual({ failure: 'CANCELLED' });
  expect(await waiting?.outcome).toEqual({ failure: 'CANCELLED' });
  expect(await last?.outcome).toEqual({ text: '3' });
});

test.each([
  ['keep-alive: timeout=60\r\n', 1],
  ['keep-alive: timeout=1\r\n', 2],
  ['connection: close\r\n', 2],
])(
  'a connection is left alone before its server would close it: with %j two requests take %d',
  async (header, count) => {
    const sockets = new Set<unknown>();
    const origin = await raw((socket) => {
      sockets.add(socket);
      socket.write(`HTTP/1.1 200 OK\r\n${header}content-length: 2\r\n\r\nok`);
    });
    for (const body of ['1', '2']) expect(await ask(origin, body).outcome).toEqual({ text: 'ok' });
    expect(sockets.size).toBe(count);
  },
);

/** A server of which the test says every byte. */
async function raw(onData: (socket: Socket, times: number) => void): Promise<Origin> {
  let times = 0;
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      times += 1;
      onData(socket, times);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return originOf(portOf(server), 1);
}

const answer = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

test('an answer that nobody asked for reaches nobody', async () => {
  let first: Socket | undefined;
  const origin = await raw((socket, times) => {
    first ??= socket;
    return socket.write(answer(times > 1 ? 'mine' : 'first'));
  });
  expect(await ask(origin, '1').outcome).toEqual({ text: 'first' });
  const isGivenUp = new Promise((resolve) => first?.once('close', resolve));
  first?.write(answer('smuggled'));
  await isGivenUp;
  expect(await ask(origin, '2').outcome).toEqual({ text: 'mine' });
});

test.each<[string, (socket: Socket) => void, Failure]>([
  ['two answers at once', (socket) => void socket.write(answer('a') + answer('b')), 'BROKEN'],
  [
    'half an answer',
    (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a'),
    'BROKEN',
  ],
  ['half a head', (socket) => void socket.end('HTTP/1.1 200'), 'BROKEN'],
  ['nothing', (socket) => void socket.destroy(), 'UNCONNECTED'],
  ['silence', () => undefined, 'TIMEOUT'],
  ['another protocol', (socket) => void socket.write('220 mail ready\r\n\r\n'), 'BROKEN'],
])('%s fails, and the next request is answered', async (_, misbehave, failure) => {
  const origin = await raw((socket, times) =>
    times === 1 ? misbehave(socket) : void socket.write(answer('ok')),
  );
  expect(await ask(origin, '1', 300).outcome).toEqual({ failure });
  expect(await ask(origin, '2').outcome).toEqual({ text: 'ok' });
});

test('an answer without an announced length ends with its connection', async () => {
  const origin = await raw((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n{"a":1}'));
  expect(await ask(origin, '1').outcome).toEqual({ text: '{"a":1}' });
  expect(await ask(origin, '2').outcome).toEqual({ text: '{"a":1}' });
});

test('where nobody listens the request fails at once', async () => {
  const server = await serve(echo);
  const port = portOf(server);
  for (const close of closers.splice(0)) await close();
  expect(await ask(originOf(port), '1').outcome).toEqual({ failure: 'UNCONNECTED' });
});
