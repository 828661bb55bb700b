import type { AssetsBand } from '@client-graph/events';
import type { Decimal } from '@client-graph/kit/decimal';
import type { Client, Status } from '../clients.rules.js';

export type Band = (typeof AssetsBand)['options'][number];

/** The first amount of each band, highest first: the lines of the tables of class and grade. */
const BANDS: readonly (readonly [band: Band, from: number])[] = [
  ['FROM_30M', 30_000_000],
  ['FROM_6M', 6_000_000],
  ['FROM_3M', 3_000_000],
  ['FROM_500K', 500_000],
  ['UNDER_500K', 0],
];

/** The band of what a client has with the firm and verified elsewhere; null when nothing is on file. */
export function assetsBand(assets: { aumWithFirm: Decimal; externalVerified: Decimal } | null): Band | null {
  if (assets === null) return null;
  const total = assets.aumWithFirm.plus(assets.externalVerified);
  return BANDS.find(([, from]) => total.greaterThanOrEqualTo(from))?.[0] ?? 'UNDER_500K';
}

/** Of whom nothing is told outside: restricted records are only stored, duplicates live on in another, the erased are gone. */
const UNTOLD: readonly Status[] = ['RESTRICTED', 'MERGED', 'ERASED'];
export const isTold = ({ status }: Pick<Client, 'status'>): boolean => !UNTOLD.includes(status);

/** The level that counts on a day; null for one that has run out. */
export const levelOn = <Level>(
  tolerance: { level: Level; validTo: string } | null,
  today: string,
): Level | null => (tolerance !== null && today <= tolerance.validTo ? tolerance.level : null);
