import { page } from '@client-graph/kit';
import { rateOf } from '../figures.rules.js';
import type { Resolvers } from '../generated/resolvers.js';
import { noticeWasRead } from '../material-events/material-events.js';
import {
  CommunicationRow,
  ContactPointRow,
  MailingRow,
  MessageTemplateRow,
} from './communications.entities.js';
import { coolingOffs, recordBereavement, setContactPoint } from './contacts.js';
import { createMailing, mailingFigures, mailingOptOuts, reportCommunication } from './mailings.js';
import { decideTemplate, proposeTemplate } from './templates.js';

const pairs = (variables: Record<string, string>) =>
  Object.entries(variables).map(([name, value]) => ({ name, value }));

export const communicationResolvers = {
  Query: {
    messageTemplates: (_, { code, ...args }, ctx) =>
      page(ctx.db, MessageTemplateRow, args, code ? { code } : {}),
    mailing: (_, { id }, ctx) => ctx.load(MailingRow, id),
    mailings: (_, args, ctx) => page(ctx.db, MailingRow, args),
  },
  Mutation: {
    setContactPoint: (_, { input }, ctx) => setContactPoint(ctx.db, input),
    recordBereavement: (_, { input }, ctx) => recordBereavement(ctx.db, input),
    proposeTemplate: (_, { input }, ctx) => proposeTemplate(ctx.db, input),
    decideTemplate: (_, { input }, ctx) => decideTemplate(ctx.db, input),
    createMailing: (_, { input }, ctx) => createMailing(ctx.db, input),
    reportCommunication: (_, { input }, ctx) => reportCommunication(ctx.db, input, noticeWasRead),
  },
  Client: {
    communications: ({ id }, args, ctx) => ctx.loadPage(CommunicationRow, 'clientId', id, args),
    coolingOffUntil: ({ id }, _, ctx) => ctx.loadBy('cooling off', id, (ids) => coolingOffs(ctx.db, ids)),
    contactPoints: ({ id }, _, ctx) => ctx.loadList(ContactPointRow, 'clientId', id),
  },
  Bereavement: {
    client: ({ id }) => ({ id }),
  },
  Mailing: {
    template: ({ templateId }, _, ctx) => ctx.load(MessageTemplateRow, templateId),
    variables: ({ variables }) => pairs(variables),
    figures: ({ id }, _, ctx) => ctx.loadBy('mailing figures', id, (ids) => mailingFigures(ctx.db, ids)),
    optOuts: ({ id }, _, ctx) => ctx.loadBy('mailing opt-outs', id, (ids) => mailingOptOuts(ctx.db, ids)),
  },
  MailingOptOuts: {
    rate: ({ sent, optedOut }) => rateOf(optedOut, sent),
  },
  Communication: {
    client: ({ clientId }) => ({ id: clientId }),
    template: ({ templateId }, _, ctx) => ctx.load(MessageTemplateRow, templateId),
    variables: ({ variables }) => pairs(variables),
  },
} satisfies Resolvers;
