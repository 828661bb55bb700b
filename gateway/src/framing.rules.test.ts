import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Framed, Framing, FramingError } from './framing.js';

const MAX = 1_000;

/** What is read from bytes that arrive in these pieces. */
function read(pieces: readonly Buffer[]): Framed | undefined {
  const framing = new Framing(MAX);
  let framed: Framed | undefined;
  for (const piece of pieces) framed = framing.read(piece, piece.length) ?? framed;
  return framed ?? framing.close();
}

const cut = (text: string, places: readonly number[]): Buffer[] => {
  const bytes = Buffer.from(text);
  const ends = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [0, ...ends].map((from, index) => bytes.subarray(from, ends[index] ?? bytes.length));
};

const WHOLE = {
  'an announced length': 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"ä":"ö"}'.replace('9', '11'),
  chunks:
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"\u00e4\r\n5;x=y\r\n":"\u00f6\r\n2\r\n"}\r\n0\r\nX: y\r\n\r\n',
  'an interim answer before':
    'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"ä":"ö"}',
  'the end of the connection': 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"ä":"ö"}',
};

describe('an answer', () => {
  test.each(Object.entries(WHOLE))('framed by %s is the same however its bytes arrive', (_, text) => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (places) => {
        expect(read(cut(text, places))?.text).toBe('{"ä":"ö"}');
      }),
    );
  });

  test('several follow each other on one connection', () => {
    const framing = new Framing(MAX);
    for (const text of ['{"a":1}', '', '{"b":[2]}']) {
      const bytes = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
      expect(framing.hasBegun).toBe(false);
      expect(framing.read(bytes, bytes.length)?.text).toBe(text);
    }
  });

  test.each([
    ['', 5_000],
    ['keep-alive: timeout=72\r\n', 72_000],
    ['Keep-Alive: timeout=1, max=5\r\n', 1_000],
    ['connection: close\r\n', 0],
    ['Connection: Close\r\n', 0],
  ])('with %j its connection may be used again for %d ms', (header, ms) => {
    expect(read([Buffer.from(`HTTP/1.1 200 OK\r\n${header}content-length: 0\r\n\r\n`)])?.keepAliveMs).toBe(
      ms,
    );
  });

  test.each([204, 304])('with status %d has no body', (status) => {
    expect(read([Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: 5\r\n\r\n`)])?.text).toBe('');
  });
});

describe('refused is', () => {
  const head = (headers: string, body = '') => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
  test.each([
    ['what is no HTTP', 'SSH-2.0-OpenSSH_9\r\n\r\n'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a length that is none', head('content-length: five')],
    ['two lengths', head('content-length: 1\r\ncontent-length: 2', 'x')],
    ['a length beside chunks', head('content-length: 1\r\ntransfer-encoding: chunked', 'x')],
    ['another transfer encoding', head('transfer-encoding: gzip, chunked')],
    ['a compressed body', head('content-encoding: gzip\r\ncontent-length: 1', 'x')],
    ['a header without a name', head(': x')],
    ['more than was announced', head('content-length: 1', 'xy')],
    ['more than fits', head(`content-length: ${MAX + 1}`)],
    ['more chunks than fit', head('transfer-encoding: chunked', `${(MAX + 1).toString(16)}\r\n`)],
    ['a chunk longer than it says', head('transfer-encoding: chunked', '1\r\nxy\r\n')],
    ['a chunk of no length', head('transfer-encoding: chunked', '-1\r\n')],
    ['a body without end', head('x-a: b', 'x'.repeat(MAX + 1))],
    ['a head without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}`],
    ['a chunk line without end', head('transfer-encoding: chunked', '0'.repeat(1_000))],
    ['a trailer without end', head('transfer-encoding: chunked', `0\r\nx: ${'y'.repeat(20_000)}`)],
  ])('%s', (_, text) => {
    expect(() => read([Buffer.from(text)])).toThrow(FramingError);
  });
});
