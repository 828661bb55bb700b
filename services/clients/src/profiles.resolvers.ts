import type { Resolvers } from './generated/resolvers.js';
import { IdDocumentRow } from './profiles.entities.js';

export const profileResolvers = {
  IndividualProfile: {
    annualIncome: ({ annualIncome, annualIncomeCurrency }) => ({
      amount: annualIncome,
      currency: annualIncomeCurrency,
    }),
    idDocument: async ({ id }, _, ctx) => {
      const document = await ctx.load(IdDocumentRow, id);
      if (document === null) throw new Error('An individual without an identity document.');
      return document;
    },
  },
  IdDocument: { maskedNumber: ({ lastFour }) => `****${lastFour}` },
} satisfies Pick<Resolvers, 'IndividualProfile' | 'IdDocument'>;
