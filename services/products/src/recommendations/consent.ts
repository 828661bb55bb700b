import type { ClientConsentChanged, DataOf } from '@client-graph/events';
import type { Tx } from '@client-graph/kit';
import { lockCopy } from '../suitability/standing.js';

/** Keeps whether the client allows that recommendations are made to their measure. Told late or twice, the newest word counts. */
export async function keepConsent(
  tx: Tx,
  { clientId, purpose, action }: DataOf<typeof ClientConsentChanged>,
  at: Date,
): Promise<void> {
  if (purpose !== 'PERSONALISED_RECOMMENDATION') return;
  await lockCopy(tx, clientId);
  await tx.query(
    `insert into recommendation_consent (client_id, is_granted, changed_at) values ($1, $2, $3)
     on conflict (client_id) do update set is_granted = excluded.is_granted, changed_at = excluded.changed_at
     where excluded.changed_at >= recommendation_consent.changed_at`,
    [clientId, action === 'GRANT', at],
  );
}

/** The newest word of the client or of a duplicate that lives on in them counts, for it was said to the firm; without one it is no. */
export async function allowsPersonal(tx: Tx, clientId: string): Promise<boolean> {
  const [newest] = await tx.query<{ isGranted: boolean }>(
    `with recursive file(id) as (
       select $1::uuid union select m.merged_id from merged_client m join file on m.survivor_id = file.id
     )
     select is_granted as "isGranted" from recommendation_consent join file on file.id = client_id
     order by changed_at desc, is_granted limit 1`,
    [clientId],
  );
  return newest?.isGranted ?? false;
}
