import { type BannedPhrases, bannedPhrase } from '@client-graph/kit/banned-phrases';
import { defineRefusals, refuse as refuseAny } from '@client-graph/kit/refusals';
import type { CommunicationKind } from './gate.rules.js';

/** What may stand in the words of each kind as `{{name}}`. Nothing of it is personal. */
const VARIABLES = {
  CARE: ['occasion', 'wish', 'gift'],
  MARKETING: ['title', 'date', 'place', 'link'],
  PERIODIC: ['period', 'holdings', 'points', 'fees', 'link'],
  MATERIAL_EVENT: ['product', 'event', 'effectiveOn', 'link'],
  SERVICE: ['subject', 'date', 'link'],
} as const satisfies Record<CommunicationKind, readonly string[]>;

export { type BannedPhrases, bannedPhrase };

const SUBJECT_MAX = 200;
const BODY_MAX = 20_000;
const CODE = /^[A-Z][A-Z0-9_]{2,39}$/;
const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;

export const refuse = defineRefusals({
  UNKNOWN_VARIABLE:
    'The words name a variable that this kind of message does not have: `details.allowed` lists them.',
  MISSING_VARIABLE: 'Give a value for every variable of the template, and for no other.',
  BANNED_PHRASE: 'The words promise safety or a return, which is prohibited: `details.phrase` says which.',
  TEMPLATE_TEXT:
    'A subject has 1 to 200 characters on one line, a body 1 to 20,000, and braces come in pairs.',
  TEMPLATE_DECIDED: 'This revision is approved or rejected already.',
  OWN_TEMPLATE: 'Words are approved by another person than the one who proposed them.',
  NO_TEMPLATE: 'There is no approved template of this code and kind.',
});

const variablesOf = (...texts: string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''))),
];

type Words = { code: string; kind: CommunicationKind; subject: string; body: string };

/** Checks the words of a template: every variable known, nothing promised. */
export function checkedWords(words: Words, banned: BannedPhrases) {
  const subject = words.subject.trim();
  const body = words.body.trim();
  if (!CODE.test(words.code))
    throw refuseAny('BAD_INPUT', { field: 'code', expected: 'A to Z, 0 to 9 and _' });
  const isFit = (text: string, max: number) => text.length >= 1 && text.length <= max;
  const isPaired = (text: string) => !/[{}]/.test(text.replace(VARIABLE, ''));
  const isOneLine = !/[\r\n]/.test(subject);
  if (
    !isFit(subject, SUBJECT_MAX) ||
    !isFit(body, BODY_MAX) ||
    !isOneLine ||
    !isPaired(subject) ||
    !isPaired(body)
  )
    throw refuse('TEMPLATE_TEXT');
  const allowed: readonly string[] = VARIABLES[words.kind];
  const variables = variablesOf(subject, body);
  const unknown = variables.filter((name) => !allowed.includes(name));
  if (unknown.length > 0) throw refuse('UNKNOWN_VARIABLE', { unknown, allowed });
  const phrase = bannedPhrase(`${subject} ${body}`, banned);
  if (phrase !== null) throw refuse('BANNED_PHRASE', { phrase });
  return { subject, body, variables };
}

/** Checks the values for a template: one for each variable, and what they make of the words promises nothing either. */
export function checkedValues(
  template: { subject: string; body: string; variables: readonly string[] },
  values: ReadonlyMap<string, string>,
  banned: BannedPhrases,
): void {
  const missing = template.variables.filter((name) => !values.has(name));
  const unknown = [...values.keys()].filter((name) => !template.variables.includes(name));
  if (missing.length > 0 || unknown.length > 0) throw refuse('MISSING_VARIABLE', { missing, unknown });
  const { subject, text } = rendered(template, values);
  const phrase = bannedPhrase(`${subject} ${text}`, banned);
  if (phrase !== null) throw refuse('BANNED_PHRASE', { phrase });
}

/** The message. A value that breaks a line does not break the subject. */
export function rendered(template: { subject: string; body: string }, values: ReadonlyMap<string, string>) {
  const fill = (text: string) => text.replace(VARIABLE, (_, name: string) => values.get(name) ?? '');
  return { subject: fill(template.subject).replace(/\s+/g, ' ').trim(), text: fill(template.body) };
}
