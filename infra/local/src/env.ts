import { LOCAL, readEnvironment } from '../prerequisites.mjs';

/** Read once; the only reader of the environment here. */
export const environment = process.env;

export const { cache: CACHE, external: EXTERNAL, ports: PORTS } = readEnvironment(environment);

export const DATA = `${LOCAL}/data`;
export const LOGS = `${LOCAL}/log`;
