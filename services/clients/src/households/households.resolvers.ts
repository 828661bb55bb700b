import { reaches, refuse } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { HouseholdMemberRow, HouseholdRow } from './households.entities.js';
import {
  addHouseholdMember,
  changeHouseholdMember,
  endHouseholdMembership,
  formHousehold,
  householdOf,
} from './households.js';
import { present } from './households.rules.js';

export const householdResolvers = {
  Query: {
    household: async (_, { id }, ctx) => {
      const household = await householdOf(ctx, id);
      if (household === null) throw refuse('NOT_FOUND');
      return household;
    },
  },
  Mutation: {
    formHousehold: (_, { input }, ctx) => formHousehold(ctx.db, input),
    addHouseholdMember: (_, { input }, ctx) => addHouseholdMember(ctx.db, input),
    changeHouseholdMember: (_, { input }, ctx) => changeHouseholdMember(ctx.db, input),
    endHouseholdMembership: (_, { input }, ctx) => endHouseholdMembership(ctx.db, input),
  },
  Household: {
    members: async ({ id }, _, ctx) => present(await ctx.loadList(HouseholdMemberRow, 'householdId', id)),
    formerMembers: async ({ id }, _, ctx) =>
      (await ctx.loadList(HouseholdMemberRow, 'householdId', id)).filter(({ validTo }) => validTo !== null),
  },
  HouseholdMember: {
    household: async ({ householdId }, _, ctx) => {
      const household = await ctx.load(HouseholdRow, householdId);
      if (household === null) throw new Error('A member of no household.');
      return household;
    },
    client: async ({ clientId }, _, ctx) => {
      const client = await ctx.load(ClientRow, clientId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
  },
} satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'Household' | 'HouseholdMember'>;
