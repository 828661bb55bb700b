import { readFileSync } from 'node:fs';
import {
  type ApprovalDecision,
  asService,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  type PageArgs,
  page,
  type Tx,
  tableProposals,
  transact,
  wanted,
} from '@client-graph/kit';
import { In, LessThanOrEqual } from 'typeorm';
import { z } from 'zod';
import type { ClientRow } from '../clients.entities.js';
import type { DecideRetentionRulesInput, ProposeRetentionRulesInput } from '../generated/resolvers.js';
import { code, line } from '../profiles.rules.js';
import { ArchiveItemRow, LegalHoldRow, RetentionRuleSetRow } from './archive.entities.js';
import { fileOf } from './file.js';
import { holds } from './holds.rules.js';
import {
  ITEM_CLASSES,
  mustBeSound,
  type RetentionRow,
  refuseRetention,
  retainedUntil,
  STARTS,
} from './retention.rules.js';

/** The tables of retention: one proposal at a time, for the whole firm. */
const RULE_SETS = tableProposals({
  action: 'RETENTION_RULES',
  scope: 'retention:approve',
  days: 90,
  row: RetentionRuleSetRow,
  subject: () => 'retention-rules',
  says: ['version', 'effectiveFrom', 'source', 'rows', 'reason'],
  approve: (tx, { effectiveFrom }) => mustBeToCome(effectiveFrom, dayOf(tx.now)),
});
export const RETENTION_RULES = RULE_SETS.approvable;

/** The set that decides on a day. */
export const retentionOn = (db: Db | Tx, day: string | null): Promise<RetentionRuleSetRow> =>
  transact(db, (tx) =>
    tx.manager.findOneOrFail(RetentionRuleSetRow, {
      where: { effectiveFrom: LessThanOrEqual(day ?? dayOf(tx.now)), status: 'APPROVED' },
      order: { effectiveFrom: 'DESC' },
    }),
  );

/** Every set of tables there is, newest first. */
export const listRetentionSets = (db: Db, args: PageArgs): Promise<Connection<RetentionRuleSetRow>> =>
  page(db, RetentionRuleSetRow, args);

/** Proposes tables that take effect on a day to come, once another person has approved them. */
export const proposeRetentionRules = (
  db: Db,
  input: ProposeRetentionRulesInput,
): Promise<RetentionRuleSetRow> =>
  transact(db, (tx) =>
    tx.once('proposeRetentionRules', input, RetentionRuleSetRow, async (id) => {
      const rows = input.rows.map(({ itemClass, starts, years, law }) => ({ itemClass, starts, years, law }));
      mustBeSound(rows);
      mustBeToCome(input.effectiveFrom, dayOf(tx.now));
      const version = code(input.version, 'version');
      if ((await tx.findOne(RetentionRuleSetRow, { version })) !== null)
        throw refuseRetention('VERSION_TAKEN');
      const { effectiveFrom } = input;
      if ((await tx.findOne(RetentionRuleSetRow, { effectiveFrom, status: 'APPROVED' })) !== null)
        throw refuseRetention('EFFECTIVE_DATE_TAKEN');
      return RULE_SETS.propose(tx, {
        id,
        version,
        effectiveFrom,
        source: line(input.source, 'source', 200),
        rows,
        ...wanted(tx, line(input.reason, 'reason', 500)),
        appliedTo: null,
        appliedAt: null,
      });
    }),
  );

/** Approves, rejects or withdraws the open proposal. */
export const decideRetentionRules = (
  db: Db,
  { ruleSetId, reason }: DecideRetentionRulesInput,
  decision: ApprovalDecision,
): Promise<RetentionRuleSetRow> => RULE_SETS.decide(db, ruleSetId, decision, line(reason, 'reason', 500));

function mustBeToCome(effectiveFrom: string, today: string): void {
  if (effectiveFrom <= today) throw refuseRetention('EFFECTIVE_DATE_PAST', { today });
}

/** The day on which the relationship ended with the client, or with the one it was merged into; null while it goes on. */
async function relationshipEndedOn(tx: Tx, clientId: string): Promise<string | null> {
  const [found] = await tx.query<{ at: Date }>(
    `with recursive line as (
       select id, merged_into from client where id = $1
       union select c.id, c.merged_into from client c join line l on c.id = l.merged_into
     )
     select s.at from status_change s join line l on l.id = s.client_id and l.merged_into is null
     where s.from_status = 'CLOSING' and s.to_status = 'CLOSED' order by s.id desc limit 1`,
    [clientId],
  );
  return found === undefined ? null : dayOf(found.at);
}

type Part = { clientId: string; sourceRef?: string };

/** Works out anew until when the items of a file, or of one record in it, are kept. */
export async function recount(tx: Tx, part: Part, rows?: readonly RetentionRow[]): Promise<void> {
  const inForce = rows ?? (await retentionOn(tx, null)).rows;
  const ended = await relationshipEndedOn(tx, part.clientId);
  const items = await tx.find(ArchiveItemRow, { where: part });
  const changed = items
    .map((item) => ({ id: item.id, was: item.retainedUntil, until: untilOf(inForce, item, ended) }))
    .filter(({ was, until }) => was !== until);
  if (changed.length === 0) return;
  await tx.query(
    `update archive_item i set retained_until = n.until
     from jsonb_to_recordset($1) as n(id uuid, until date) where i.id = n.id`,
    [JSON.stringify(changed)],
  );
}

const untilOf = (rows: readonly RetentionRow[], item: ArchiveItemRow, relationshipEnded: string | null) =>
  retainedUntil(rows, item.itemClass, {
    writtenOn: dayOf(item.occurredAt),
    endedOn: item.endedOn,
    relationshipEndedOn: relationshipEnded,
  });

const BATCH = 100;

/** Counts every file anew by the tables in force, once, in batches that commit; a run that dies goes on where it stopped. */
export async function applyRetentionRules(db: Db): Promise<void> {
  let isDone: boolean;
  do isDone = await transact(asService(db), applyToBatch);
  while (!isDone);
}

async function applyToBatch(tx: Tx): Promise<boolean> {
  const set = await findForUpdate(tx, RetentionRuleSetRow, (await retentionOn(tx, null)).id);
  if (set.appliedAt !== null) return true;
  const ids = await tx.query<{ id: string }>(
    `select id from client where $1::uuid is null or id > $1 order by id limit ${BATCH}`,
    [set.appliedTo],
  );
  for (const { id } of ids) await recount(tx, { clientId: id }, set.rows);
  const isDone = ids.length < BATCH;
  await tx.update(RetentionRuleSetRow, set, {
    appliedTo: ids.at(-1)?.id ?? set.appliedTo,
    ...(isDone ? { appliedAt: tx.now } : {}),
  });
  return isDone;
}

/** Until when a whole file is kept; null while nobody can say, and whether a legal hold keeps it beyond that. */
export type Keeping = { keptUntil: string | null; isHeld: boolean };

/**
 * What stands against destroying a client's file. The tables of identity and suitability always apply, so that the answer does
 * not wait for an event that is still under way.
 */
export async function keepingOf(tx: Tx, clientId: string): Promise<Keeping> {
  const { rows } = await retentionOn(tx, null);
  const ended = await relationshipEndedOn(tx, clientId);
  const always = (['IDENTITY', 'SUITABILITY'] as const).map((itemClass) =>
    retainedUntil(rows, itemClass, {
      writtenOn: dayOf(tx.now),
      endedOn: null,
      relationshipEndedOn: ended,
    }),
  );
  const [filed] = await tx.query<{ until: string | null; open: boolean }>(
    `select max(retained_until)::text as until, coalesce(bool_or(retained_until is null), false) as open
     from archive_item where client_id = any($1)`,
    [await fileOf(tx, clientId)],
  );
  const days = [...always, filed?.until ?? '0001-01-01'];
  const isOpen = ended === null || filed?.open === true || days.includes(null);
  const keptUntil = isOpen ? null : days.reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b), null);
  const onFile = await tx.find(LegalHoldRow, { where: { clientId: In(await fileOf(tx, clientId)) } });
  return { keptUntil, isHeld: onFile.some(holds) };
}

const RetentionFile = z.object({
  version: z.string().min(1),
  effectiveFrom: z.iso.date(),
  source: z.string().min(1),
  rows: z.array(
    z.strictObject({
      itemClass: z.enum(ITEM_CLASSES),
      starts: z.enum(STARTS),
      years: z.int().positive(),
      law: z.string().min(1),
    }),
  ),
});

/** Loads the tables of `data/` that are not there yet; tables that contradict themselves stop the start. */
export async function seedRetentionRules(db: Db): Promise<void> {
  const text = readFileSync(new URL('../../data/retention-rules.json', import.meta.url), 'utf8');
  const { version, effectiveFrom, source, rows } = RetentionFile.parse(JSON.parse(text));
  mustBeSound(rows);
  await transact(db, (tx) =>
    tx.query(
      `insert into retention_rule_set (id, version, effective_from, source, rows, status, reason, applied_at)
       values ($1, $2, $3, $4, $5, 'APPROVED', '', $6) on conflict (version) do nothing`,
      [tx.newId(), version, effectiveFrom, source, JSON.stringify(rows), tx.now],
    ),
  );
}

/** Whether the file of a client can be destroyed, and from when on; for whoever is to decide. */
export const keepingOfClient = (db: Db, client: ClientRow): Promise<Keeping> =>
  transact(db, (tx) => keepingOf(tx, client.id));
