/** What a client can bear, lowest first (policy 4.4). */
export type Level = 'LOW' | 'MEDIUM_LOW' | 'MEDIUM' | 'MEDIUM_HIGH' | 'HIGH';
