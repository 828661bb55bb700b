import { type Db, dayOf, findForUpdate, transact } from '@client-graph/kit';
import { nameOf } from '../campaigns/campaigns.rules.js';
import { PartnerRow } from '../entities.js';
import type { CreatePartnerInput, EndPartnerInput } from '../generated/resolvers.js';
import { checkAgreement, end, refuse } from './partners.rules.js';

export const createPartner = (db: Db, input: CreatePartnerInput): Promise<PartnerRow> =>
  transact(db, (tx) =>
    tx.once('createPartner', input, PartnerRow, async (id) => {
      const { kind, agreementReference, agreementFrom, sharingTextVersion } = input;
      const name = nameOf(input.name);
      const agreement = {
        agreementReference,
        agreementFrom,
        agreementTo: input.agreementTo ?? null,
        sharingTextVersion,
      };
      checkAgreement(agreement);
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('partner ' || lower($1), 0))`, [name]);
      const [known] = await tx.query<{ id: string }>('select id from partner where lower(name) = lower($1)', [
        name,
      ]);
      if (known !== undefined) throw refuse('PARTNER_EXISTS', { partnerId: known.id });
      return tx.insert(PartnerRow, { id, name, kind, ...agreement, createdAt: tx.now, version: 1 });
    }),
  );

export const endPartner = (db: Db, input: EndPartnerInput): Promise<PartnerRow> =>
  transact(db, async (tx) => {
    const partner = await findForUpdate(tx, PartnerRow, input.partnerId, input.expectedVersion);
    return tx.update(PartnerRow, partner, end(partner, input.on, dayOf(tx.now)));
  });
