export { DEFAULT_PORTS, type PartName, type Ports, SERVICES, type ServiceName } from '../prerequisites.mjs';
export { createServiceDatabases } from './databases.js';
export { type Kafka, startKafka } from './kafka.js';
export { type Oidc, startOidc } from './oidc.js';
export { PEOPLE, type Person, type PersonKey } from './people.js';
export { freePort, freePorts } from './ports.js';
export { type Postgres, startPostgres } from './postgres.js';
export { Problem } from './problem.js';
export { type Stack, startStack } from './stack.js';
