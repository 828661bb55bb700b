// Other gateways, where a folder is named to install them in: never part of this project's own install.
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @mercuriusjs/gateway asks for this graphql. */
export const PACKAGES = [
  'mercurius',
  '@mercuriusjs/gateway',
  'fastify',
  'graphql@16.13',
  '@graphql-hive/gateway',
  '@graphql-hive/router-runtime',
];

const MERCURIUS = (services) => `
import Fastify from 'fastify';
import gateway from '@mercuriusjs/gateway';
const app = Fastify();
await app.register(gateway, { jit: 1, gateway: { services: ${JSON.stringify(services.map(({ name, url, federation1 }) => ({ name, url, schema: federation1 })))} } });
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
`;

const HIVE = (supergraph) => `
import { defineConfig } from '@graphql-hive/gateway';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
export const gatewayConfig = defineConfig({ supergraph: ${JSON.stringify(supergraph)}, unifiedGraphHandler, logging: false });
`;

const has = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Name, path and how to start it on a port, for each that is there. */
export async function peersIn(folder, { supergraph, services, run }) {
  if (folder === undefined) return [];
  const peers = [];
  const mercurius = join(folder, 'bench-mercurius.mjs');
  if (await has(join(folder, 'node_modules/@mercuriusjs/gateway'))) {
    await writeFile(mercurius, MERCURIUS(services));
    peers.push({
      name: 'mercurius',
      path: '/graphql',
      start: (port) => run(mercurius, [port], { cwd: folder }),
    });
  }
  const hive = join(folder, 'node_modules/@graphql-hive/gateway/dist/bin.js');
  if (!(await has(hive))) return peers;
  const started = (port, more) =>
    run(hive, ['supergraph', ...more, '--port', port, '--host', '127.0.0.1', '--fork', '1'], { cwd: folder });
  peers.push({ name: 'hive', path: '/graphql', start: (port) => started(port, [supergraph]) });
  if (await has(join(folder, 'node_modules/@graphql-hive/router-runtime'))) {
    const config = join(folder, 'bench-hive.config.mjs');
    await writeFile(config, HIVE(supergraph));
    peers.push({
      name: 'hive, rust planner',
      path: '/graphql',
      start: (port) => started(port, [supergraph, '--config-path', config]),
    });
  }
  return peers;
}
