import type { Actor } from './auth.js';
import { refuse } from './refusals.js';
import { PURPOSES, type PurposeCode, SIGHTS, type Sight } from './roles.js';

/** From the weakest to the strongest: of several roles the strongest counts. */
const STRENGTH: readonly Sight[] = ['HIDDEN', 'MASKED', 'REVEALED_FOR_CASE', 'REVEALED', 'SHOWN'];

/** How this caller sees SENSITIVE values. */
export const sensitiveSight = (actor: Actor): Sight =>
  actor.roles
    .map((role): Sight => SIGHTS[role].SENSITIVE)
    .reduce<Sight>((a, b) => (STRENGTH.indexOf(a) < STRENGTH.indexOf(b) ? b : a), 'HIDDEN');

/** Why the caller reads, as they have said it. */
export type Purpose = { code: PurposeCode; caseReference: string | null };

/** Reads `x-purpose`. Refuses PURPOSE_UNKNOWN when it is not of the table, or a case is needed and none named. */
export function purposeOf(header: string | undefined): Purpose | null {
  const purpose = knownPurpose(header);
  if (purpose === undefined)
    throw refuse('PURPOSE_UNKNOWN', {
      purposes: Object.entries(PURPOSES).map(([name, { needsCase }]) =>
        needsCase ? `${name}:<case>` : name,
      ),
    });
  return purpose;
}

/** The purpose that `x-purpose` names; null without one, undefined when it is not of the table. */
export function knownPurpose(header: string | undefined): Purpose | null | undefined {
  if (header === undefined || header.trim() === '') return null;
  const [, code, caseReference = null] = /^([A-Z_]{1,40})(?::([\w.-]{1,64}))?$/.exec(header.trim()) ?? [];
  if (!isPurpose(code) || (PURPOSES[code].needsCase && caseReference === null)) return undefined;
  return { code, caseReference };
}

const isPurpose = (code: string | undefined): code is PurposeCode =>
  code !== undefined && Object.hasOwn(PURPOSES, code);

/**
 * The value of a SENSITIVE field as this caller may have it, and whether it is the value itself. Refuses PURPOSE_REQUIRED where the
 * role sees it for a named case only.
 */
export function seen(
  value: unknown,
  sight: Sight,
  purpose: () => Purpose | null,
): { value: unknown; isRevealed: boolean } {
  if (value === null || value === undefined) return { value, isRevealed: false };
  switch (sight) {
    case 'SHOWN':
      return { value, isRevealed: true };
    case 'MASKED':
      return { value: masked(value), isRevealed: false };
    case 'REVEALED':
      return purpose() === null ? { value: masked(value), isRevealed: false } : { value, isRevealed: true };
    case 'REVEALED_FOR_CASE':
      if ((purpose()?.caseReference ?? null) === null) throw refuse('PURPOSE_REQUIRED');
      return { value, isRevealed: true };
    case 'HIDDEN':
      throw refuse('FORBIDDEN');
    default:
      return sight satisfies never;
  }
}

const SHOWN_CHARACTERS = 4;
const SHORT = 8;

/** Text keeps its last four characters, when it has eight or more; a value of any other kind is left out. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'string') return null;
  const characters = [...value];
  const shown = characters.length < SHORT ? [] : characters.slice(-SHOWN_CHARACTERS);
  return `${'•'.repeat(Math.min(characters.length - shown.length, 16))}${shown.join('')}`;
}
