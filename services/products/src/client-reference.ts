import type { Profile } from './suitability/suitability.rules.js';

/** A client as other subgraphs refer to it: the id, and the risk profile when the gateway fetched it for `@requires`. */
export type ClientReference = { id: string; riskProfile?: Profile | null | undefined };
