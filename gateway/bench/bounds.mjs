// What no gateway goes beyond: only fetching what a plan fetches, with nothing made of it, and an answer that is stored.
// `node bounds.mjs FILE PORT`: FILE holds, for each request body, its fetches level by level and its answer; `/stored` fetches nothing.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [file, port] = process.argv.slice(2);
const known = new Map(JSON.parse(await readFile(file, 'utf8')));
const pools = new Map();

function fetchOnly({ url, body }) {
  const { origin, pathname } = new URL(url);
  const pool = pools.get(origin) ?? new Pool(origin, { connections: 64 });
  pools.set(origin, pool);
  return pool
    .request({ method: 'POST', path: pathname, headers: { 'content-type': 'application/json' }, body })
    .then((answer) => answer.body.text());
}

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const found = known.get(Buffer.concat(chunks).toString());
    if (request.url !== '/stored')
      for (const level of found?.levels ?? []) await Promise.all(level.map(fetchOnly));
    const text = found?.answer ?? '{"data":{}}';
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
}).listen(Number(port), '127.0.0.1');
