// Stock Apollo: a standalone server before @apollo/gateway, all defaults. `node stock.mjs SUPERGRAPH_FILE PORT`
import { readFile } from 'node:fs/promises';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const [file, port] = process.argv.slice(2);
const server = new ApolloServer({
  gateway: new ApolloGateway({ supergraphSdl: await readFile(file, 'utf8') }),
});
await startStandaloneServer(server, { listen: { port: Number(port), host: '127.0.0.1' } });
