import { type Db, dayOf, findForUpdate, isUuid, refuse, serves, type Tx, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate, tellChanged } from '../clients.js';
import { mustBeEditable } from '../clients.rules.js';
import type { EndBeneficialOwnerInput, RecordBeneficialOwnerInput } from '../generated/resolvers.js';
import { country, line } from '../profiles.rules.js';
import { BeneficialOwnerRow } from './owners.entities.js';
import { endOwning, own } from './owners.rules.js';

const CHANGED = ['beneficialOwners'];

/** Puts down who owns or controls an institution in the end, whether a client of the firm or not. */
export const recordBeneficialOwner = (
  db: Db,
  input: RecordBeneficialOwnerInput,
): Promise<BeneficialOwnerRow> =>
  transact(db, (tx) =>
    tx.once('recordBeneficialOwner', input, BeneficialOwnerRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      const today = dayOf(tx.now);
      const ask = {
        control: input.control,
        sharePercent: input.sharePercent ?? null,
        ownerClientId: input.ownerClientId ?? null,
        validFrom: input.validFrom ?? today,
      };
      const owners = await tx.find(BeneficialOwnerRow, { where: { clientId: client.id } });
      own(client, ask, owners, today);
      if (ask.ownerClientId !== null) await mustBeKnown(tx, ask.ownerClientId);
      const owner = await tx.insert(BeneficialOwnerRow, {
        id,
        clientId: client.id,
        name: line(input.name, 'name', 100),
        country: country(input.country, 'country'),
        ...ask,
        validTo: null,
        recordedBy: staffOf(tx),
        version: 1,
      });
      await tellChanged(tx, client, CHANGED);
      return owner;
    }),
  );

/** The owner is a client that the caller may see. */
async function mustBeKnown(tx: Tx, id: string): Promise<void> {
  const owner = isUuid(id) ? await tx.findOne(ClientRow, { id }) : null;
  if (owner === null || !serves(tx.actor, owner)) throw refuse('NOT_FOUND');
}

/** Ends an ownership on a day; it is kept. */
export const endBeneficialOwner = (db: Db, input: EndBeneficialOwnerInput): Promise<BeneficialOwnerRow> =>
  transact(db, async (tx) => {
    const found = isUuid(input.ownerId) ? await tx.findOne(BeneficialOwnerRow, { id: input.ownerId }) : null;
    if (found === null) throw refuse('NOT_FOUND');
    const client = await clientForUpdate(tx, found.clientId);
    mustBeEditable(client);
    const owner = await findForUpdate(tx, BeneficialOwnerRow, found.id, input.expectedVersion);
    const today = dayOf(tx.now);
    const validTo = input.validTo ?? today;
    endOwning(owner, validTo, today);
    const ended = await tx.update(BeneficialOwnerRow, owner, { validTo });
    await tellChanged(tx, client, CHANGED);
    return ended;
  });
