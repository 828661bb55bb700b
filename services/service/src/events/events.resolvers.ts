import { page } from '@client-graph/kit';
import type { Resolvers } from '../generated/resolvers.js';
import { ClientEventRow, RegistrationRow } from './events.entities.js';
import {
  callOffRegistration,
  cancelClientEvent,
  checkInGuest,
  createClientEvent,
  eventFigures,
  inviteToEvent,
  registerForEvent,
} from './events.js';

export const eventResolvers = {
  Query: {
    clientEvent: (_, { id }, ctx) => ctx.load(ClientEventRow, id),
    clientEvents: (_, args, ctx) => page(ctx.db, ClientEventRow, args),
  },
  Mutation: {
    createClientEvent: (_, { input }, ctx) => createClientEvent(ctx.db, input),
    cancelClientEvent: (_, { input }, ctx) => cancelClientEvent(ctx.db, input),
    registerForEvent: (_, { input }, ctx) => registerForEvent(ctx.db, input),
    callOffRegistration: (_, { input }, ctx) => callOffRegistration(ctx.db, input),
    inviteToEvent: (_, { input }, ctx) => inviteToEvent(ctx.db, input),
    checkIn: (_, { input }, ctx) => checkInGuest(ctx.db, input),
  },
  Client: {
    registrations: ({ id }, args, ctx) => ctx.loadPage(RegistrationRow, 'clientId', id, args),
  },
  ClientEvent: {
    figures: ({ id }, _, ctx) => ctx.loadBy('event figures', id, (ids) => eventFigures(ctx.db, ids)),
    registrations: ({ id }, args, ctx) => ctx.loadPage(RegistrationRow, 'eventId', id, args),
  },
  Registration: {
    client: ({ clientId }) => (clientId === null ? null : { id: clientId }),
    event: ({ eventId }, _, ctx) => ctx.load(ClientEventRow, eventId),
  },
} satisfies Resolvers;
