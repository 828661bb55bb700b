// HTTP/1.1 to the services, written for one thing: many small POSTs to the same few addresses. A general client spends about as long
// on one such request as the engine on a whole page, in streams, header objects and a parser of its own; here a request is one string, an answer one
// string, and a connection knows the request it is busy with. Services speak HTTP/1.1; what they say is checked in `framing.ts`.
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { Framing } from './framing.js';

/** A service's whole answer may be this long; what is longer is given up while it arrives. */
const ANSWER_MAX_BYTES = 32 * 1024 * 1024;
/** Reads of a connection land here, over and over: most answers fit, longer ones come in several. */
const READ_BYTES = 32_768;
/** A connection is left alone this long before its server would close it: a request that crosses the close on its way would be lost. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

/** `UNCONNECTED`: no byte of an answer was received, so it may be asked again if it may be repeated. */
export type Failure = 'TIMEOUT' | 'UNCONNECTED' | 'BROKEN' | 'CANCELLED';

/** Who hears of a request's end: once, and of one of these. */
export type Listener = {
  answered: (text: string) => void;
  failed: (failure: Failure, cause?: Error) => void;
};

/** Text of as many bytes as characters is the same in both encodings, and leaves faster in the one whose length is known beforehand. */
export const encodingOf = (text: string, bytes: number): 'latin1' | 'utf8' =>
  bytes === text.length ? 'latin1' : 'utf8';

/** One request on its way, or waiting for a connection. */
export class Sending {
  connection: Connection | undefined;
  isOver = false;
  readonly #listener: Listener;
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly text: string,
    readonly encoding: 'latin1' | 'utf8',
    timeoutMs: number,
    listener: Listener,
  ) {
    this.#listener = listener;
    // One deadline covers the wait for a connection, the head and the body.
    this.#timer = setTimeout(() => this.giveUp('TIMEOUT'), timeoutMs);
  }

  /** Nobody waits for the answer any more. */
  cancel(): void {
    this.giveUp('CANCELLED');
  }

  giveUp(failure: Failure, cause?: Error): void {
    if (this.isOver) return;
    this.#end();
    this.connection?.destroy();
    this.#listener.failed(failure, cause);
  }

  succeed(text: string): void {
    if (this.isOver) return;
    this.#end();
    this.#listener.answered(text);
  }

  #end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
  }
}

/** The connections to one service. */
export class Origin {
  readonly #url: URL;
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Connection>();
  readonly #queue: Sending[] = [];
  readonly #connectionsMax: number;
  readonly #head: string;
  #onQuiet: (() => void) | undefined;

  constructor(url: URL, connectionsMax: number) {
    this.#url = url;
    this.#connectionsMax = connectionsMax;
    this.#head = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\naccept: application/graphql-response+json, application/json\r\n`;
  }

  /** Posts JSON. `headers` are whole lines, each with its end. */
  post(headers: string, body: string, timeoutMs: number, listener: Listener): Sending {
    const length = Buffer.byteLength(body);
    const text = `${this.#head}${headers}content-length: ${length}\r\n\r\n${body}`;
    return this.#begin(new Sending(text, encodingOf(body, length), timeoutMs, listener));
  }

  get(path: string, timeoutMs: number, listener: Listener): Sending {
    const text = `GET ${path} HTTP/1.1\r\nhost: ${this.#url.host}\r\n\r\n`;
    return this.#begin(new Sending(text, 'latin1', timeoutMs, listener));
  }

  /** Resolves once what is under way has been answered or given up. */
  async close(): Promise<void> {
    for (const connection of this.#idle.splice(0)) connection.destroy();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
    });
  }

  #begin(sending: Sending): Sending {
    const nowMs = performance.now();
    for (let free = this.#idle.pop(); free !== undefined; free = this.#idle.pop()) {
      if (free.usableUntilMs > nowMs) {
        free.send(sending);
        return sending;
      }
      free.destroy();
    }
    if (this.#open.size < this.#connectionsMax) this.#connect().send(sending);
    else this.#queue.push(sending);
    return sending;
  }

  #connect(): Connection {
    const connection = new Connection(this.#url, {
      free: () => this.#freed(connection),
      gone: () => this.#gone(connection),
    });
    this.#open.add(connection);
    return connection;
  }

  #freed(connection: Connection): void {
    const next = this.#next();
    if (next !== undefined) connection.send(next);
    else if (this.#onQuiet === undefined) this.#idle.push(connection);
    else connection.destroy();
  }

  #gone(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    const next = this.#next();
    if (next !== undefined) this.#connect().send(next);
    else if (this.#open.size === 0) this.#onQuiet?.();
  }

  /** Those given up while they waited are passed over. */
  #next(): Sending | undefined {
    let next = this.#queue.shift();
    while (next?.isOver) next = this.#queue.shift();
    return next;
  }
}

type Owner = { free: () => void; gone: () => void };

/** One connection, busy with one request at a time. */
export class Connection {
  usableUntilMs = 0;
  readonly #socket: Socket;
  readonly #framing = new Framing(ANSWER_MAX_BYTES);
  readonly #owner: Owner;
  #sending: Sending | undefined;
  #error: Error | undefined;

  constructor(url: URL, owner: Owner) {
    this.#owner = owner;
    const isSecure = url.protocol === 'https:';
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const options = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || (isSecure ? 443 : 80)),
      noDelay: true,
      keepAlive: true,
      // Past Node's streams: bytes land in one buffer of the connection and are read where they are.
      onread: {
        buffer,
        callback: (count: number) => {
          this.#read(buffer, count);
          return true;
        },
      },
    };
    this.#socket = isSecure
      ? connectSecurely({ ...options, servername: options.host, ALPNProtocols: ['http/1.1'] })
      : connect(options);
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('close', () => this.#closed());
  }

  send(sending: Sending): void {
    this.#sending = sending;
    sending.connection = this;
    this.#socket.write(sending.text, sending.encoding);
  }

  destroy(): void {
    this.#sending = undefined;
    this.#socket.destroy();
    this.#owner.gone();
  }

  #read(buffer: Buffer, count: number): void {
    const sending = this.#sending;
    // Bytes that nobody has asked for, or for somebody who is gone: what follows on this connection could not be trusted.
    if (sending === undefined) {
      this.destroy();
      return;
    }
    try {
      const framed = this.#framing.read(buffer, count);
      if (framed !== undefined) this.#answered(sending, framed.text, framed.keepAliveMs);
    } catch (error) {
      this.#sending = undefined;
      this.destroy();
      sending.giveUp('BROKEN', error instanceof Error ? error : undefined);
    }
  }

  #answered(sending: Sending, text: string, keepAliveMs: number): void {
    this.#sending = undefined;
    sending.connection = undefined;
    if (keepAliveMs <= KEEP_ALIVE_MARGIN_MS) this.destroy();
    else {
      this.usableUntilMs = performance.now() + keepAliveMs - KEEP_ALIVE_MARGIN_MS;
      this.#owner.free();
    }
    sending.succeed(text);
  }

  #ended(): void {
    const framed = this.#framing.close();
    if (this.#sending === undefined) this.destroy();
    else if (framed !== undefined) this.#answered(this.#sending, framed.text, 0);
  }

  #closed(): void {
    const sending = this.#sending;
    this.#sending = undefined;
    this.#owner.gone();
    if (sending === undefined) return;
    sending.connection = undefined;
    sending.giveUp(this.#framing.hasBegun ? 'BROKEN' : 'UNCONNECTED', this.#error);
  }
}
