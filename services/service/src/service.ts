import { clientCopyHandlers, type ServiceDefinition } from '@client-graph/kit';
import { CalendarDayRow } from './calendar/calendar.entities.js';
import {
  ComplaintActionRow,
  ComplaintClockRow,
  ComplaintExtensionRow,
  ComplaintRow,
  RectificationRow,
} from './complaints/complaints.entities.js';
import { complaintResolvers } from './complaints/complaints.resolvers.js';
import { recountProvisionalClocks } from './complaints/provisional.js';
import { InteractionRow, InteractionSubjectRow } from './entities.js';
import { resolvers as interactionResolvers } from './interactions.resolvers.js';
import { seed } from './tables.js';

export const service: ServiceDefinition = {
  name: 'service',
  folder: new URL('../', import.meta.url),
  entities: [
    InteractionSubjectRow,
    InteractionRow,
    CalendarDayRow,
    ComplaintClockRow,
    ComplaintRow,
    ComplaintExtensionRow,
    ComplaintActionRow,
    RectificationRow,
  ],
  resolvers: {
    ...interactionResolvers,
    ...complaintResolvers,
    Query: { ...interactionResolvers.Query, ...complaintResolvers.Query },
    Mutation: { ...interactionResolvers.Mutation, ...complaintResolvers.Mutation },
    Client: { ...interactionResolvers.Client, ...complaintResolvers.Client },
  },
  handlers: clientCopyHandlers,
  // Shortly after midnight in Shanghai.
  jobs: [{ name: 'recount-provisional-clocks', cron: '5 16 * * *', run: recountProvisionalClocks }],
  seed,
};
