import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals, refuse as refuseInput } from '@client-graph/kit/refusals';
import { type Holding, holdingValue } from '../holdings/holdings.rules.js';
import { UNIT_DECIMALS } from './settlement.rules.js';

export const refuse = defineRefusals({
  INSUFFICIENT_UNITS:
    'The client holds fewer units than that, apart from those that other orders give up already: see `details`.',
  CLIENT_NOT_SERVED: 'In the status of the client nothing is redeemed: see `details`.',
  SAME_PRODUCT: 'A switch is into another product of the same currency.',
});

/** Clients in these statuses may take out what is theirs. */
const SERVED = ['ACTIVE', 'DORMANT', 'CLOSING'];

/** How many units an order gives up: those asked for, or all that no other order gives up already. */
export function givingUp(
  clientStatus: string,
  holding: Holding | null,
  { asked, reserved }: { asked: Decimal | null; reserved: Decimal },
): { units: Decimal; amount: Decimal } {
  if (!SERVED.includes(clientStatus)) throw refuse('CLIENT_NOT_SERVED', { status: clientStatus });
  if (asked !== null && (asked.lessThanOrEqualTo(0) || asked.decimalPlaces() > UNIT_DECIMALS))
    throw refuseInput('BAD_INPUT', {
      field: 'units',
      expected: `more than zero, at most ${UNIT_DECIMALS} decimals`,
    });
  const free = (holding?.units ?? new Decimal(0)).minus(reserved);
  const units = asked ?? free;
  if (holding === null || units.isZero() || units.greaterThan(free))
    throw refuse('INSUFFICIENT_UNITS', { available: free.toFixed() });
  return { units, amount: holdingValue({ ...holding, units }) };
}
