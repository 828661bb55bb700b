import { defineRefusals } from '@client-graph/kit/refusals';
import { plusDays, plusMonths } from '@client-graph/kit/time';
import { type Client, type Status, transition } from '../clients.rules.js';

/** What binds a client to the firm, counted. */
export type Ties = Readonly<Record<TieKind, number>>;
export type TieKind = 'ORDER' | 'HOLDING' | 'COMPLAINT';

export const refuseLifeCycle = defineRefusals({
  STILL_BOUND: 'The client has holdings, open orders or open complaints; the details count them.',
  SAME_ADVISER: 'The client is with this adviser already.',
  UNTIL_PAST: 'A restriction ends on a day to come, or is open.',
});

/** A client is closed when nothing binds it any more (`domain.md` 3.1.2). */
export function close(client: Client, ties: Ties): Status {
  const to = transition(client.status, 'CLOSE');
  if (Object.values(ties).some((count) => count > 0)) throw refuseLifeCycle('STILL_BOUND', ties);
  return to;
}

/** Restricting an active client freezes it; restricting a former one keeps what the law says to keep. */
export function restrict(client: Client, until: string | null, today: string): Status {
  if (until !== null && until <= today) throw refuseLifeCycle('UNTIL_PAST', { today });
  return transition(client.status, client.status === 'CLOSED' ? 'RETAIN' : 'RESTRICT');
}

/** The end of a restriction leads back to where the client was: to nothing for a former one, to ACTIVE for all others. */
export const unrestrict = (client: Client, before: Status): Status =>
  transition(client.status, before === 'CLOSED' ? 'RELEASE' : 'UNRESTRICT');

/** Without trade or contact for this long, and without assets, a client is dormant. */
const DORMANT_MONTHS = 12;
/** How soon somebody looks again at a client who is silent but has assets. */
const LOOK_AGAIN_DAYS = 7;

/** The first day on which silence makes a client dormant. */
export const dormantOn = (lastActiveOn: string): string =>
  plusDays(plusMonths(lastActiveOn, DORMANT_MONTHS), 1);

/** What a look at a silent client finds: dormant, or the day of the next look. */
export function lookAt(
  { lastActiveOn, hasAssets }: { lastActiveOn: string; hasAssets: boolean },
  today: string,
): { isDormant: boolean; dormantDueOn: string | null } {
  const due = dormantOn(lastActiveOn);
  if (today < due) return { isDormant: false, dormantDueOn: due };
  return hasAssets
    ? { isDormant: false, dormantDueOn: plusDays(today, LOOK_AGAIN_DAYS) }
    : { isDormant: true, dormantDueOn: null };
}
