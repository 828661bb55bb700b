import { dayOf, yearsBetween } from '@client-graph/kit';
import type { Resolvers } from './generated/resolvers.js';
import {
  changeIndividual,
  changeInstitution,
  correctIdentity,
  correctInstitution,
} from './profile-changes.js';
import { IdDocumentRow } from './profiles.entities.js';

export const profileResolvers = (hashKey: string) =>
  ({
    Mutation: {
      changeIndividual: (_, { input }, ctx) => changeIndividual(ctx.db, input, hashKey),
      correctIdentity: (_, { input }, ctx) => correctIdentity(ctx.db, input, hashKey),
      changeInstitution: (_, { input }, ctx) => changeInstitution(ctx.db, input, hashKey),
      correctInstitution: (_, { input }, ctx) => correctInstitution(ctx.db, input, hashKey),
    },
    IndividualProfile: {
      age: ({ dateOfBirth }, _, ctx) => yearsBetween(dateOfBirth, dayOf(ctx.db.now())),
      annualIncome: ({ annualIncome, annualIncomeCurrency }) => ({
        amount: annualIncome,
        currency: annualIncomeCurrency,
      }),
      lunarBirth: ({ lunarMonth, lunarDay, lunarLeap }) =>
        lunarMonth === null || lunarDay === null
          ? null
          : { month: lunarMonth, day: lunarDay, isLeapMonth: lunarLeap ?? false },
      idDocument: async ({ id }, _, ctx) => {
        const document = await ctx.load(IdDocumentRow, id);
        if (document === null) throw new Error('An individual without an identity document.');
        return document;
      },
    },
    IdDocument: { maskedNumber: ({ lastFour }) => `****${lastFour}` },
  }) satisfies Pick<Resolvers, 'Mutation' | 'IndividualProfile' | 'IdDocument'>;
