import { type Context, dayOf, refuse } from '@client-graph/kit';
import { AUDIENCE_LABELS } from '../code-labels.rules.js';
import type { QuestionnaireRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { dimensionLabel, say } from '../words.rules.js';
import { questionnaireInForce } from './questionnaires.js';
import { askedOf, type Question, shownOptions } from './questionnaires.rules.js';

/** A questionnaire as one reader sees it: the seed orders the options that are shown by chance. */
export type QuestionnaireView = { row: QuestionnaireRow; seed: string };
export type QuestionView = { question: Question; seed: string };

const mayChoose = ({ code, audience }: { code?: string | null; audience?: string | null }) =>
  typeof code === 'string' || typeof audience === 'string';

export const questionnairesResolvers = {
  Query: {
    questionnaire: async (_: unknown, { code, audience }, { db, actor }: Context) => {
      if (!mayChoose({ code: code ?? null, audience: audience ?? null }))
        throw refuse('BAD_INPUT', { field: 'code', expected: 'code or audience' });
      const row = await questionnaireInForce(db, { code, audience }, dayOf(db.now()));
      return row === null ? null : { row, seed: actor.id ?? row.id };
    },
  },
  Questionnaire: {
    code: ({ row }) => row.code,
    version: ({ row }) => row.version,
    audience: ({ row }) => row.audience,
    audienceLabel: ({ row }, { locale }) => say(AUDIENCE_LABELS[row.audience], locale),
    effectiveFrom: ({ row }) => row.effectiveFrom,
    questions: ({ row, seed }) => askedOf(row.definition.questions).map((question) => ({ question, seed })),
  },
  Question: {
    id: ({ question }) => question.id,
    dimension: ({ question }) => question.dimension,
    dimensionLabel: ({ question }, { locale }) => say(dimensionLabel(question.dimension), locale),
    text: ({ question }, { locale }) => say(question.text, locale),
    options: ({ question, seed }) => shownOptions(question, seed),
    answersMax: ({ question: { multiple, options } }) =>
      multiple === undefined ? 1 : (multiple.max ?? options.length),
    aloneCodes: ({ question }) => question.multiple?.alone ?? [],
  },
  QuestionOption: {
    text: ({ text }, { locale }) => say(text, locale),
  },
} satisfies Resolvers;
