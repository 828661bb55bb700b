import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { httpProvider, signed } from './providers.js';

const SECRET = 'a-secret-of-the-firm';
type Taken = { id: string; to: string; text: string };
type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let url: string;
let answer: Answer;
/** What the provider has delivered: by its key a repeat is taken once. */
const delivered = new Map<string, Taken>();
let posts = 0;

const take: Answer = (request, response, body) => {
  delivered.set(String(request.headers['idempotency-key']), JSON.parse(body));
  response.writeHead(202).end('{}');
};

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts += 1;
      const timestamp = String(request.headers['x-timestamp']);
      const isSigned = request.headers['x-signature'] === signed(SECRET, timestamp, body);
      const isFresh = Math.abs(Date.now() / 1_000 - Number(timestamp)) < 60;
      if (!isSigned || !isFresh) response.writeHead(401).end();
      else answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  answer = take;
  delivered.clear();
  posts = 0;
});

const message = {
  id: '01900000-0000-7000-8000-000000000001',
  to: '+8613800000001',
  subject: 's',
  text: '您好',
};
const aProvider = (changes: { secret?: string; url?: string } = {}) =>
  httpProvider({ url, secret: SECRET, timeoutMs: 300, ...changes });

describe('a provider of SMS or WeChat', () => {
  test('is handed the message signed, with its id as the key', async () => {
    expect(await aProvider().send(message)).toEqual({ outcome: 'TAKEN' });
    expect([...delivered]).toEqual([[message.id, message]]);
  });
  test('refuses what is signed by another, for good', async () => {
    expect(await aProvider({ secret: 'another-secret-of-16' }).send(message)).toEqual({
      outcome: 'REFUSED',
      reason: 'HTTP_401',
    });
    expect(delivered.size).toBe(0);
  });
  test.each([
    [400, 'REFUSED'],
    [404, 'REFUSED'],
    [408, 'NOT_TAKEN'],
    [429, 'NOT_TAKEN'],
    [500, 'NOT_TAKEN'],
    [503, 'NOT_TAKEN'],
  ])('that answers %s: %s', async (status, outcome) => {
    answer = (_, response) => response.writeHead(status).end();
    expect(await aProvider().send(message)).toEqual({ outcome, reason: `HTTP_${status}` });
  });
  test('that takes it and hangs up without a word is asked again, and delivers it once', async () => {
    answer = (request, response, body) => {
      delivered.set(String(request.headers['idempotency-key']), JSON.parse(body));
      response.destroy();
    };
    expect(await aProvider().send(message)).toEqual({ outcome: 'NOT_TAKEN', reason: 'NO_ANSWER' });
    answer = take;
    expect(await aProvider().send(message)).toEqual({ outcome: 'TAKEN' });
    expect([posts, delivered.size]).toEqual([2, 1]);
  });
  test('that does not answer in time, is not there, or sends elsewhere, has not taken it', async () => {
    answer = () => undefined;
    expect(await aProvider().send(message)).toEqual({ outcome: 'NOT_TAKEN', reason: 'NO_ANSWER' });
    expect(await aProvider({ url: 'http://127.0.0.1:9/' }).send(message)).toMatchObject({
      outcome: 'NOT_TAKEN',
    });
    answer = (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    expect(await aProvider().send(message)).toMatchObject({ outcome: 'NOT_TAKEN' });
  });
});
