import { refuse } from '@client-graph/kit/refusals';

/** Control characters other than line breaks and tabs: no database column and no document holds them. */
const CONTROL = /(?![\n\r\t])\p{Cc}|\p{Cs}/u;

/** Refuses BAD_INPUT for words that are empty, too long, or hold what cannot be written down. */
export function checkText(field: string, words: string, max: number): void {
  if (words.trim() === '' || words.length > max || CONTROL.test(words))
    throw refuse('BAD_INPUT', { field, expected: `1 to ${max} characters, no control characters` });
}

/** The same for words that may be left out; returns them or null. */
export function optionalText(field: string, words: string | null | undefined, max: number): string | null {
  if (words === null || words === undefined) return null;
  checkText(field, words, max);
  return words;
}
