import type { IncomingMessage } from 'node:http';
import { isRow, type Row } from './engine/merge.js';

/** Why a body is not read: shown to the caller with the status. */
export class BodyError extends Error {
  override readonly name = 'BodyError';

  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
  ) {
    super(message);
  }
}

const tooLong = (maxBytes: number) => new BodyError(413, `The body is longer than ${maxBytes} bytes.`);

/** The JSON object a POST carries; undefined where there is none to read. Rejects with a BodyError. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Row | undefined> {
  const {
    'content-type': type = '',
    'content-length': length,
    'content-encoding': encoding,
  } = request.headers;
  if (type !== 'application/json' && !isJson(type)) {
    // Apollo Server tells those what to do whom a browser lets ask without asking first.
    if (type === '' || /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i.test(type))
      return undefined;
    throw new BodyError(415, 'Send the body as application/json.');
  }
  if (encoding !== undefined && encoding !== 'identity')
    throw new BodyError(415, 'Send the body as it is: compressed ones are not read.');
  if (length !== undefined && Number(length) > maxBytes) throw tooLong(maxBytes);
  const text = await textOf(request, maxBytes);
  try {
    const body: unknown = JSON.parse(text);
    if (isRow(body)) return body;
  } catch {
    throw new BodyError(400, 'The body is no JSON.');
  }
  throw new BodyError(400, 'The body is no JSON object.');
}

const isJson = (type: string): boolean => {
  const [essence = '', ...parameters] = type.toLowerCase().split(';');
  if (essence.trim() !== 'application/json') return false;
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  if (charset === undefined || /^charset="?utf-?8"?$/.test(charset)) return true;
  throw new BodyError(415, 'Send the body in UTF-8.');
};

const textOf = (request: IncomingMessage, maxBytes: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        chunks.length = 0;
        reject(tooLong(maxBytes));
      } else chunks.push(chunk);
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(only !== undefined && chunks.length === 1 ? only.toString() : Buffer.concat(chunks).toString());
    });
    request.on('error', () => reject(new BodyError(400, 'The body has ended too early.')));
  });
