import { addRoutes, createLog, type Db, type ServiceDefinition } from '@client-graph/kit';
import Fastify from 'fastify';

type Sent = {
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  text?: string;
};
export type RouteReply = { status: number; headers: Record<string, string>; body: unknown };

/** The routes of a service on a port of this machine, as its server answers them. */
export async function aServer(service: ServiceDefinition, db: Db) {
  const app = Fastify({ logger: false, trustProxy: (_, hop) => hop < (service.proxies ?? 0) });
  addRoutes(app, service.routes ?? [], db, createLog('test', 'silent'));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    send: async (method: 'GET' | 'POST' | 'OPTIONS', path: string, sent: Sent = {}): Promise<RouteReply> => {
      const { headers = {}, body, text } = sent;
      const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(`${address}${path}`, {
        method,
        headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(payload === undefined ? {} : { body: payload }),
      });
      const answer = await response.text();
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: answer === '' ? null : JSON.parse(answer),
      };
    },
    stop: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
