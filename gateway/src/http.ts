import type { Dispatcher, Pool } from 'undici';

/** A service's whole answer may be this long; what is longer is given up while it arrives. */
const ANSWER_MAX_BYTES = 32 * 1024 * 1024;

export type Post = {
  path: string;
  headers: readonly string[];
  body: string;
  timeoutMs: number;
};

/** Why a request came to nothing. `UNCONNECTED`: no byte of an answer was received, so it may be asked again if it may be repeated. */
export class PostError extends Error {
  override readonly name = 'PostError';

  constructor(
    readonly reason: 'TIMEOUT' | 'UNCONNECTED' | 'BROKEN' | 'TOO_LONG' | 'CANCELLED',
    cause?: unknown,
  ) {
    super(`The request has failed: ${reason}.`, { cause });
  }
}

export type Posted = {
  /** The body of the answer, whatever its status: a refused token comes as 401 with a GraphQL body. */
  text: Promise<string>;
  /** Nobody waits for the answer any more. */
  cancel: () => void;
};

/**
 * Posts on a pool. Straight on undici's dispatcher: its `request` wraps every answer into a stream and a promise chain, which costs
 * half as much again as the request itself. One deadline covers the wait for a connection, the headers and the body.
 */
export function post(pool: Pool, { path, headers, body, timeoutMs }: Post): Posted {
  const receiver = new Receiver(timeoutMs);
  pool.dispatch({ method: 'POST', path, headers: [...headers], body }, receiver);
  return { text: receiver.text, cancel: () => receiver.fail(new PostError('CANCELLED')) };
}

class Receiver implements Dispatcher.DispatchHandler {
  readonly text: Promise<string>;
  #controller: Dispatcher.DispatchController | undefined;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #hasBegun = false;
  #isOver = false;
  #resolve: (text: string) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    this.text = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => this.fail(new PostError('TIMEOUT')), timeoutMs);
  }

  fail(error: PostError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#chunks.length = 0;
    this.#reject(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for a connection.
    if (this.#isOver) controller.abort(new PostError('CANCELLED'));
  }

  onResponseStart(): void {
    this.#hasBegun = true;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#length += chunk.length;
    if (this.#length > ANSWER_MAX_BYTES) this.fail(new PostError('TOO_LONG'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const [only] = this.#chunks;
    this.#resolve(
      only !== undefined && this.#chunks.length === 1
        ? only.toString()
        : Buffer.concat(this.#chunks).toString(),
    );
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(new PostError(this.#hasBegun ? 'BROKEN' : 'UNCONNECTED', error));
  }
}
