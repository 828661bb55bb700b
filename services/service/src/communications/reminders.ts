import type { DataOf, PointsExpiring } from '@client-graph/events';
import type { Tx } from '@client-graph/kit';
import { queueMessage } from './queueing.js';

/** Tells a client that points lapse (domain 3.8). */
export const remindOfPoints = (tx: Tx, { clientId, amount, expiresOn }: DataOf<typeof PointsExpiring>) =>
  queueMessage(tx, {
    clientId,
    kind: 'SERVICE',
    templateCode: 'POINTS_EXPIRING',
    words: { subject: `積分即將到期 ${amount} points lapse`, date: expiresOn },
  });
