import { PointsExpiring } from '@client-graph/events';
import { type Db, dayOf, plusDays, transact } from '@client-graph/kit';
import { loadProgramme } from '../membership/membership.js';

const BATCH_NOTICES = 500;

type Notice = { clientId: string; expiresOn: string; points: number };

/**
 * Tells of points that lapse soon: once in each month for each day on which a member's points lapse. Members who have left were told of
 * their last day then, and of a restricted client nothing is told.
 */
export async function noticeExpiry(db: Db): Promise<void> {
  const today = dayOf(db.now());
  let told: number;
  do {
    told = await transact(db, async (tx) => {
      const { expiryNoticeDays } = await loadProgramme(tx, today);
      // The insert says which notices are new, so that two runs at once tell each one once.
      const notices = await tx.query<Notice>(
        `insert into expiry_notice (client_id, expires_on, month, points, at)
         select l.client_id, l.expires_on, $3, sum(l.remaining), $4 from point_lot l
         join membership m on m.client_id = l.client_id and m.status = 'ACTIVE'
         where not exists (select from client_copy c where c.client_id = l.client_id and c.status = 'RESTRICTED') and l.state = 'ACTIVE' and l.expires_on between $1 and $2
           and not exists (select from expiry_notice n where n.client_id = l.client_id and n.expires_on = l.expires_on and n.month = $3)
         group by l.client_id, l.expires_on order by l.client_id, l.expires_on limit ${BATCH_NOTICES}
         on conflict do nothing
         returning client_id as "clientId", to_char(expires_on, 'YYYY-MM-DD') as "expiresOn", points::float8 as points`,
        [today, plusDays(today, expiryNoticeDays), today.slice(0, 7), tx.now],
      );
      await tx.record(
        ...notices.map(({ clientId, expiresOn, points }) =>
          PointsExpiring({ clientId, expiresOn, amount: points }),
        ),
      );
      return notices.length;
    });
  } while (told > 0);
}
