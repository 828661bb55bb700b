import { type Actor, type Connection, type Db, refuse as kitRefuse, page } from '@client-graph/kit';
import { type FindOptionsWhere, In, IsNull, LessThan } from 'typeorm';
import { LeadRow } from '../entities.js';
import type { LeadByContactInput, LeadFilter, QueryLeadsArgs } from '../generated/resolvers.js';
import { normalEmail, normalMobile, normalUscc } from './contact.rules.js';
import { hashesOf } from './drafts.js';
import { seesEveryLead, seesLead } from './leads.rules.js';
import { idOf } from './own.js';

/** Leads, newest first, that the caller sees by right of their own. */
export function listLeads(
  db: Db,
  actor: Actor,
  { filter, ...args }: QueryLeadsArgs,
): Promise<Connection<LeadRow>> {
  const own = In(actor.id !== null && actor.roles.includes('ADVISER') ? [actor.id] : []);
  return page(db, LeadRow, args, {
    erasedAt: IsNull(),
    ...narrowed(filter ?? {}),
    ...(seesEveryLead(actor) ? {} : { ownerId: own }),
  });
}

function narrowed(filter: LeadFilter): FindOptionsWhere<LeadRow> {
  const campaignId = idOf(filter.campaignId, 'filter.campaignId');
  const ownerId = idOf(filter.ownerId, 'filter.ownerId');
  if (filter.unassigned === true && ownerId !== null)
    throw kitRefuse('BAD_INPUT', { field: 'filter.unassigned', reason: 'WITH_OWNER' });
  return {
    ...(filter.stage ? { stage: filter.stage } : {}),
    ...(filter.origin ? { origin: filter.origin } : {}),
    ...(campaignId === null ? {} : { campaignId }),
    ...(ownerId === null ? {} : { ownerId }),
    ...(filter.unassigned === true ? { ownerId: IsNull(), origin: 'LIVE' as const } : {}),
    ...(filter.firstContactDueBefore
      ? {
          stage: 'NEW' as const,
          origin: 'LIVE' as const,
          firstContactDueOn: LessThan(filter.firstContactDueBefore),
        }
      : {}),
  };
}

/** The leads with exactly this number, address or code, newest first, of those that the caller sees. */
export async function leadsByContact(
  db: Db,
  hashKey: string,
  actor: Actor,
  input: LeadByContactInput,
): Promise<LeadRow[]> {
  const given = [input.mobile, input.email, input.uscc].filter(
    (value) => value !== null && value !== undefined,
  );
  if (given.length !== 1) throw kitRefuse('BAD_INPUT', { expected: 'one of mobile, email, uscc' });
  const { mobileHash, emailHash, usccHash } = hashesOf(hashKey, {
    mobile: input.mobile ? normalMobile(input.mobile) : null,
    email: input.email ? normalEmail(input.email) : null,
    uscc: input.uscc ? normalUscc(input.uscc) : null,
  });
  const found = await db.source.getRepository(LeadRow).find({
    where: {
      ...(mobileHash === null ? {} : { mobileHash }),
      ...(emailHash === null ? {} : { emailHash }),
      ...(usccHash === null ? {} : { usccHash }),
    },
    order: { id: 'desc' },
    take: FOUND_MAX,
  });
  return found.filter((lead) => seesLead(actor, lead));
}

const FOUND_MAX = 20;
