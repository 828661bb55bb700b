import { type Db, dayOf, transact } from '@client-graph/kit';
import { clientForUpdate, staffOf } from '../clients.js';
import type { SetInvestorStatusInput } from '../generated/resolvers.js';
import { line } from '../profiles.rules.js';
import { InvestorStatusRow } from './investor-status.entities.js';
import { classifyInvestor } from './investor-status.rules.js';

/** Writes down what kind of investor a client is by law, with the evidence; the former status stays in the history. */
export const setInvestorStatus = (db: Db, input: SetInvestorStatusInput): Promise<InvestorStatusRow> =>
  transact(db, (tx) =>
    tx.once('setInvestorStatus', input, InvestorStatusRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      const decidedBy = staffOf(tx);
      const today = dayOf(tx.now);
      classifyInvestor(client, input, decidedBy, today);
      return tx.insert(InvestorStatusRow, {
        id,
        clientId: client.id,
        status: input.status,
        isQualified: input.isQualified,
        evidence: line(input.evidence, 'evidence', 100),
        validFrom: today,
        validTo: input.validTo,
        decidedBy,
        decidedAt: tx.now,
      });
    }),
  );
