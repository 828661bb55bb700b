import { z } from 'zod';
import { Code, InteractionChannel } from './codes.js';
import { defineEvent } from './define.js';

export const InteractionLogged = defineEvent({
  topic: 'service.v1',
  type: 'interaction.logged',
  version: 1,
  meaning: 'A contact with the client was written down; its words stay in the service.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    interactionId: z.uuid(),
    channel: InteractionChannel,
    subjectCode: Code,
  }),
});
