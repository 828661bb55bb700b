import type { Actor } from './auth.js';
import { refuse } from './refusals.js';
import { PURPOSES, type PurposeCode, ROLES, type Role, SIGHTS, type Sight } from './roles.js';

/** From the weakest to the strongest. */
const STRENGTH: readonly Sight[] = ['HIDDEN', 'MASKED', 'REVEALED_FOR_CASE', 'REVEALED', 'SHOWN'];

/**
 * How this caller sees SENSITIVE values. Of several posts that reach clients by themselves the weakest counts, for a value does not tell
 * by which of them its client was reached; a post that reaches none takes nothing away.
 */
export function sensitiveSight({ roles }: Actor): Sight {
  const sightsOf = (some: readonly Role[]) =>
    some.map((role) => STRENGTH.indexOf(SIGHTS[role].SENSITIVE)).sort((a, b) => a - b);
  const reaching = sightsOf(roles.filter((role) => ROLES[role].reach !== 'NONE'));
  return STRENGTH[reaching[0] ?? sightsOf(roles).at(-1) ?? 0] ?? 'HIDDEN';
}

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

/** Whether the purpose is a case or an inspection; a number behind any other does not make it one. */
const isForCase = (purpose: Purpose | null): boolean => purpose !== null && PURPOSES[purpose.code].needsCase;

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
      if (!isForCase(purpose())) throw refuse('PURPOSE_REQUIRED');
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
