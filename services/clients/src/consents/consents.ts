import { ClientConsentChanged } from '@client-graph/events';
import { type Db, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { clientForUpdate } from '../clients.js';
import type { ConsentInput } from '../generated/resolvers.js';
import { code, line } from '../profiles.rules.js';
import { ConsentRecordRow } from './consents.entities.js';
import { afterLast, type ConsentAction, consentOf } from './consents.rules.js';

/** Writes down that a client has allowed a use of their data, or taken it back, and tells those who must obey. */
export const recordConsent = (
  db: Db,
  input: ConsentInput,
  action: ConsentAction,
): Promise<ConsentRecordRow> =>
  transact(db, (tx) =>
    tx.once(action === 'GRANT' ? 'grantConsent' : 'withdrawConsent', input, ConsentRecordRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      const consent = consentOf(input, action, client.status);
      const history = await tx.find(ConsentRecordRow, {
        where: { clientId: client.id, purpose: consent.purpose },
      });
      const record = await tx.insert(ConsentRecordRow, {
        id,
        clientId: client.id,
        ...consent,
        textVersion: code(input.textVersion, 'textVersion'),
        evidence: line(input.evidence, 'evidence', 100),
        source: input.source,
        by: staffOf(tx),
        at: afterLast(history, tx.now),
      });
      const { purpose, channel, partner, textVersion } = record;
      const told = { clientId: client.id, purpose, channel, partner, action, textVersion };
      await tx.record(ClientConsentChanged(told));
      return record;
    }),
  );
