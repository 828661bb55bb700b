import { ClientInvestorChanged } from '@client-graph/events';
import { asService, type Db, dayOf, findForUpdate, type Tx, transact } from '@client-graph/kit';
import { IsNull, LessThan } from 'typeorm';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
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
      await tx.manager.update(
        InvestorStatusRow,
        { clientId: client.id, endedAt: IsNull() },
        { endedAt: tx.now },
      );
      const status = await tx.insert(InvestorStatusRow, {
        id,
        clientId: client.id,
        status: input.status,
        isQualified: input.isQualified,
        evidence: line(input.evidence, 'evidence', 100),
        validFrom: today,
        validTo: input.validTo,
        decidedBy,
        decidedAt: tx.now,
        endedAt: null,
      });
      await tellInvestor(tx, status);
      return status;
    }),
  );

/** The others are told what the client is by law, and until when. */
const tellInvestor = (tx: Tx, { clientId, status, isQualified, validTo }: InvestorStatusRow): Promise<void> =>
  tx.record(ClientInvestorChanged({ clientId, investor: status, isQualified, validTo }));

const BATCH = 200;

/** Ends every status whose last day has passed: its client is an ordinary investor again. */
export async function expireInvestorStatuses(db: Db): Promise<void> {
  const today = dayOf(db.now());
  const due = () =>
    db.source.getRepository(InvestorStatusRow).find({
      where: { validTo: LessThan(today), endedAt: IsNull() },
      order: { validTo: 'ASC', id: 'ASC' },
      take: BATCH,
    });
  for (let batch = await due(); batch.length > 0; batch = await due()) {
    for (const { id, clientId } of batch) await transact(asService(db), (tx) => expireOne(tx, clientId, id));
  }
}

async function expireOne(tx: Tx, clientId: string, id: string): Promise<void> {
  // The client first, the order of everyone: a new status may be on its way.
  await findForUpdate(tx, ClientRow, clientId);
  const status = await findForUpdate(tx, InvestorStatusRow, id);
  if (status.endedAt !== null) return;
  await tx.update(InvestorStatusRow, status, { endedAt: tx.now });
  await tellInvestor(tx, { ...status, status: 'ORDINARY', isQualified: false });
}
