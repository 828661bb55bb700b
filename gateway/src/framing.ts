// Where an HTTP/1.1 answer begins and ends among the bytes of a connection. Strict: what could be read in two ways is read in none.

/** Most of a head that is accepted, and most of a line that says how long a chunk is. */
const HEAD_MAX_BYTES = 16_384;
const CHUNK_LINE_MAX_BYTES = 256;
/** Servers that do not say how long they keep an idle connection keep it five seconds, nearly all of them. */
const KEEP_ALIVE_DEFAULT_MS = 5_000;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/** A whole answer. Its status is not told: a refused token comes as 401 with a GraphQL body, which speaks for itself. */
export type Framed = {
  text: string /** How long the connection may be used again; 0 for never. */;
  keepAliveMs: number;
};

type Head = { status: number; length: number | 'chunked' | 'until close'; keepAliveMs: number };

/** Reads one answer after the other from what arrives. The bytes handed to it are only good during the call. */
export class Framing {
  #rest: Buffer | undefined;
  #head: Head | undefined;
  #parts: Buffer[] = [];
  #received = 0;
  /** Bytes of the chunk at hand that are still to come. */
  #chunkLeft = 0;
  #isAfterChunk = false;

  constructor(readonly bodyMaxBytes: number) {}

  /** Whether any byte of the answer at hand has arrived. */
  get hasBegun(): boolean {
    return this.#head !== undefined || this.#rest !== undefined;
  }

  /** Takes the first `count` bytes; answers when they make the answer whole. Throws a FramingError on what is no answer. */
  read(bytes: Buffer, count: number): Framed | undefined {
    let at = 0;
    let buffer = bytes;
    let end = count;
    if (this.#rest !== undefined) {
      buffer = Buffer.concat([this.#rest, bytes.subarray(0, count)]);
      end = buffer.length;
      this.#rest = undefined;
    }
    while (this.#head === undefined) {
      const headEnd = buffer.indexOf(HEAD_END, at);
      if (headEnd < 0 || headEnd + 4 > end) {
        if (end - at > HEAD_MAX_BYTES) throw new FramingError('The head is too long.');
        this.#keep(buffer, at, end);
        return undefined;
      }
      const head = readHead(buffer.toString('latin1', at, headEnd));
      at = headEnd + 4;
      // An interim answer: the one that counts follows.
      if (head.status >= 200) this.#head = head;
    }
    const { length } = this.#head;
    if (length === 'chunked') return this.#readChunks(buffer, at, end);
    if (length === 'until close') return this.#take(buffer, at, end);
    if (length > this.bodyMaxBytes) throw new FramingError('The body is too long.');
    if (this.#received === 0 && end - at === length) return this.#done(buffer.toString('utf8', at, end));
    this.#take(buffer, at, end);
    if (this.#received < length) return undefined;
    if (this.#received > length) throw new FramingError('More was sent than was announced.');
    return this.#done(Buffer.concat(this.#parts).toString());
  }

  /** The connection has ended: that ends an answer which has announced no length. */
  close(): Framed | undefined {
    return this.#head?.length === 'until close'
      ? this.#done(Buffer.concat(this.#parts).toString())
      : undefined;
  }

  #readChunks(buffer: Buffer, from: number, end: number): Framed | undefined {
    let at = from;
    for (;;) {
      const data = Math.min(this.#chunkLeft, end - at);
      this.#take(buffer, at, at + data);
      this.#chunkLeft -= data;
      at += data;
      if (this.#chunkLeft > 0) return undefined;
      if (this.#isAfterChunk) {
        if (end - at < 2) return this.#keep(buffer, at, end);
        if (buffer[at] !== 13 || buffer[at + 1] !== 10)
          throw new FramingError('A chunk is longer than it says.');
        this.#isAfterChunk = false;
        at += 2;
      }
      const lineEnd = buffer.indexOf(LINE_END, at);
      if (lineEnd < 0 || lineEnd + 2 > end) {
        if (end - at > CHUNK_LINE_MAX_BYTES) throw new FramingError('That is no chunk.');
        return this.#keep(buffer, at, end);
      }
      const size = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(buffer.toString('latin1', at, lineEnd))?.[1];
      if (size === undefined) throw new FramingError('That is no chunk.');
      const length = Number.parseInt(size, 16);
      if (length === 0) return this.#readTrailer(buffer, at, lineEnd, end);
      if (this.#received + length > this.bodyMaxBytes) throw new FramingError('The body is too long.');
      this.#chunkLeft = length;
      this.#isAfterChunk = true;
      at = lineEnd + 2;
    }
  }

  /** Trailers tell nothing that is wanted; an empty line ends them. */
  #readTrailer(buffer: Buffer, from: number, lineEnd: number, end: number): Framed | undefined {
    const trailerEnd = buffer.indexOf(HEAD_END, lineEnd);
    if (trailerEnd < 0 || trailerEnd + 4 > end) {
      if (end - from > HEAD_MAX_BYTES) throw new FramingError('The trailer is too long.');
      return this.#keep(buffer, from, end);
    }
    if (trailerEnd + 4 < end) throw new FramingError('More was sent than was announced.');
    return this.#done(Buffer.concat(this.#parts).toString());
  }

  #take(buffer: Buffer, from: number, to: number): undefined {
    this.#received += to - from;
    if (this.#received > this.bodyMaxBytes) throw new FramingError('The body is too long.');
    if (to > from) this.#parts.push(Buffer.from(buffer.subarray(from, to)));
  }

  #keep(buffer: Buffer, from: number, to: number): undefined {
    if (to > from) this.#rest = Buffer.from(buffer.subarray(from, to));
  }

  #done(text: string): Framed {
    const keepAliveMs = this.#head?.keepAliveMs ?? 0;
    this.#head = undefined;
    this.#parts = [];
    this.#received = 0;
    return { text, keepAliveMs };
  }
}

function readHead(text: string): Head {
  const status = /^HTTP\/1\.1 ([2-5]\d\d|1(?!01)\d\d)(?: |\r|$)/.exec(text)?.[1];
  if (status === undefined) throw new FramingError('That is no HTTP/1.1 answer.');
  const head: Head = { status: Number(status), length: 'until close', keepAliveMs: KEEP_ALIVE_DEFAULT_MS };
  let isClosing = false;
  for (let at = text.indexOf('\r\n'); at >= 0; ) {
    const next = text.indexOf('\r\n', at + 2);
    const line = next < 0 ? text.slice(at + 2) : text.slice(at + 2, next);
    at = next;
    const colon = line.indexOf(':');
    if (colon < 1) throw new FramingError('A header has no name.');
    // Few names matter, and their lengths tell most others apart.
    if (colon !== 10 && colon !== 14 && colon !== 16 && colon !== 17) continue;
    const value = line
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    switch (line.slice(0, colon).toLowerCase()) {
      case 'content-length':
        if (head.length !== 'until close' || !/^\d{1,15}$/.test(value))
          throw new FramingError('Its length is announced twice, or not as a number.');
        head.length = Number(value);
        break;
      case 'transfer-encoding':
        if (head.length !== 'until close' || value !== 'chunked')
          throw new FramingError('Its length is announced twice, or in a way not known here.');
        head.length = 'chunked';
        break;
      case 'content-encoding':
        if (value !== 'identity') throw new FramingError('It is compressed, which was not asked for.');
        break;
      case 'connection':
        isClosing = value.includes('close');
        break;
      case 'keep-alive':
        head.keepAliveMs =
          Number(/timeout=(\d{1,6})/.exec(value)?.[1] ?? KEEP_ALIVE_DEFAULT_MS / 1000) * 1000;
        break;
    }
  }
  if (head.status === 204 || head.status === 304) head.length = 0;
  if (isClosing || head.length === 'until close') head.keepAliveMs = 0;
  return head;
}
