import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import { type Client, mustBeEditable } from '../clients.rules.js';
import { refuseInstitution } from '../institutions/institutions.rules.js';

export type Control = 'SHARES' | 'VOTES' | 'OTHER_CONTROL';
export type Owner = {
  control: Control;
  sharePercent: Decimal | null;
  validFrom: string;
  validTo: string | null;
};

export const refuseOwner = defineRefusals({
  SHARES_EXCEED: 'The owners would hold more than all of it together; the details say how much is left.',
  OWNER_IS_ITSELF: 'An institution does not own itself in the end: a person does.',
  OWNERS_FULL: 'An institution has at most 50 beneficial owners on file.',
  OWNERSHIP_ENDED: 'This ownership has ended before.',
  OWNERSHIP_DAY: 'The day is to come, or before the beginning.',
});

const OWNERS_MAX = 50;
const WHOLE = new Decimal(100);

/** Whether somebody may be put down as an owner of an institution: its shares, and its votes, add up to the whole at most. */
export function own(
  client: Client,
  ask: { control: Control; sharePercent: Decimal | null; ownerClientId: string | null; validFrom: string },
  owners: readonly Owner[],
  today: string,
): void {
  if (client.kind !== 'INSTITUTION') throw refuseInstitution('WRONG_KIND', { kind: client.kind });
  mustBeEditable(client);
  if (ask.ownerClientId === client.id) throw refuseOwner('OWNER_IS_ITSELF');
  if (ask.validFrom > today) throw refuseOwner('OWNERSHIP_DAY', { today });
  const present = owners.filter(({ validTo }) => validTo === null);
  if (present.length >= OWNERS_MAX) throw refuseOwner('OWNERS_FULL', { max: OWNERS_MAX });
  const { control, sharePercent } = ask;
  if ((control === 'OTHER_CONTROL') !== (sharePercent === null))
    throw refuse('BAD_INPUT', { field: 'sharePercent', reason: 'GOES_WITH_SHARES_OR_VOTES' });
  if (sharePercent === null) return;
  if (sharePercent.lessThanOrEqualTo(0) || sharePercent.decimalPlaces() > 4)
    throw refuse('BAD_INPUT', { field: 'sharePercent', reason: 'NOT_POSITIVE' });
  const held = present
    .filter((owner) => owner.control === control)
    .reduce((sum, owner) => sum.plus(owner.sharePercent ?? 0), new Decimal(0));
  if (held.plus(sharePercent).greaterThan(WHOLE))
    throw refuseOwner('SHARES_EXCEED', { left: WHOLE.minus(held).toFixed() });
}

/** An ownership ends on a day that has come, not before it began. */
export function endOwning({ validFrom, validTo }: Owner, day: string, today: string): void {
  if (validTo !== null) throw refuseOwner('OWNERSHIP_ENDED');
  if (day > today || day < validFrom) throw refuseOwner('OWNERSHIP_DAY', { today });
}
