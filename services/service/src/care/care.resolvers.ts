import { refuse } from '@client-graph/kit';
import type { Resolvers } from '../generated/resolvers.js';
import { CareDateRow } from './care.entities.js';
import { careAhead, careCalendar, registerCareDate, removeCareDate } from './care.js';

const YEARS = { min: 1905, max: 2098 };
const DAYS = { min: 1, max: 366 };

export const careResolvers = {
  Query: {
    careCalendar: (_, { year }, ctx) => {
      if (year < YEARS.min || year > YEARS.max) throw refuse('BAD_INPUT', { field: 'year', ...YEARS });
      return careCalendar(ctx.db, year);
    },
  },
  Mutation: {
    registerCareDate: (_, { input }, ctx) => registerCareDate(ctx.db, input),
    removeCareDate: (_, { input }, ctx) => removeCareDate(ctx.db, input),
  },
  Client: {
    careDates: ({ id }, _, ctx) => ctx.loadList(CareDateRow, 'clientId', id),
    nextCare: ({ id }, { days }, ctx) => {
      if (days < DAYS.min || days > DAYS.max) throw refuse('BAD_INPUT', { field: 'days', ...DAYS });
      return ctx.loadBy(`care ${days}`, id, (ids) => careAhead(ctx.db, ids, days));
    },
  },
  CareOccasion: {
    label: ({ rule }, { locale }) => rule.labels[locale],
    wish: ({ rule }, { locale }) => rule.wishes[locale],
  },
} satisfies Resolvers;
