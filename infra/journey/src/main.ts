import { DEFAULT_PORTS, requestToken } from '@client-graph/local';
import { createGraph } from './graph.js';
import { hearEvents } from './hear.js';
import { journey } from './journey.js';

// Walks the journey against the running stack: `npm run journey`.
const { GATEWAY_URL, OIDC_ISSUER, KAFKA_BROKERS } = process.env;
const gateway = GATEWAY_URL ?? `http://127.0.0.1:${DEFAULT_PORTS.gateway}/graphql`;
const issuer = OIDC_ISSUER ?? `http://127.0.0.1:${DEFAULT_PORTS.oidc}`;
const brokers = KAFKA_BROKERS ?? `127.0.0.1:${DEFAULT_PORTS.kafka}`;
const say = (line: string) => process.stdout.write(`${line}\n`);

const now = new Date();
const ear = await hearEvents(brokers, `journey-${now.getTime()}`).catch(() => {
  process.stderr.write(
    `Kafka does not answer at ${brokers}: start the stack with npm start first, or set KAFKA_BROKERS.\n`,
  );
  process.exit(1);
});
try {
  const { page } = await journey({
    graph: createGraph(gateway, (person) => requestToken(issuer, person)),
    heard: ear.heard,
    say,
    now,
  });
  say(JSON.stringify(page, null, 2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await ear.stop();
}
