import {
  type Approvable,
  type Db,
  dayOf,
  findForUpdate,
  openApproval,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import type { BannedPhrases } from '../communications/templates.rules.js';
import type { DecideTableVersionInput, ProposeTableVersionInput } from '../generated/resolvers.js';
import { TableVersionRow } from './table-versions.entities.js';
import { decide, propose } from './table-versions.rules.js';
import { type FirmTable, TERMS, type TermsOf } from './terms.rules.js';

/** A version of a row: each is decided on by itself, and one that nobody decides on is rejected by time. */
export const TABLE_VERSION: Approvable = {
  action: 'TABLE_VERSION',
  scope: 'tables:approve',
  days: 90,
  lapse: async (tx, id) => {
    const row = await findForUpdate(tx, TableVersionRow, id);
    await tx.update(TableVersionRow, row, { status: 'REJECTED', decidedAt: tx.now });
  },
};

/** What a second person says yes to. */
const payloadOf = ({ table, code, revision, effectiveFrom, source, terms }: TableVersionRow) => ({
  table,
  code,
  revision,
  effectiveFrom,
  source,
  terms,
});

/** Proposes the next version of a row. One row is numbered at a time. */
export const proposeTableVersion = (db: Db, input: ProposeTableVersionInput): Promise<TableVersionRow> =>
  transact(db, (tx) =>
    tx.once('proposeTableVersion', input, TableVersionRow, async (id): Promise<TableVersionRow> => {
      if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
      const { table, code, effectiveFrom } = input;
      const { terms, source } = propose(input, await bannedOn(tx, dayOf(tx.now)), dayOf(tx.now));
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`table ${table} ${code}`]);
      const [last] = await tx.query<{ revision: number }>(
        'select coalesce(max(revision), 0)::int as revision from table_version where "table" = $1 and code = $2',
        [table, code],
      );
      const row = {
        id,
        version: 1,
        table,
        code,
        revision: (last?.revision ?? 0) + 1,
        effectiveFrom,
        source,
        terms,
      };
      const by = { proposedBy: tx.actor.id, proposedAt: tx.now, decidedBy: null, decidedAt: null };
      const proposed: TableVersionRow = { ...row, status: 'PROPOSED', ...by };
      await openApproval(tx, TABLE_VERSION, {
        subject: `${table}:${code}:${row.revision}`,
        targetId: id,
        payload: payloadOf(proposed),
      });
      return tx.insert(TableVersionRow, proposed);
    }),
  );

export const decideTableVersion = (db: Db, input: DecideTableVersionInput): Promise<TableVersionRow> =>
  transact(db, async (tx) => {
    if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
    const row = await findForUpdate(tx, TableVersionRow, input.tableVersionId, input.expectedVersion);
    const act = { by: tx.actor.id, now: tx.now, today: dayOf(tx.now) };
    const changes = decide(row, input.isApproved, act);
    const decision = input.isApproved ? 'APPROVED' : 'REJECTED';
    await settleApproval(tx, TABLE_VERSION, decision, { targetId: row.id, payload: payloadOf(row) });
    const decided = await tx.update(TableVersionRow, row, changes);
    if (decided.status === 'APPROVED') await publish(tx, decided);
    return decided;
  });

/** Clocks and care are read from tables of their own: an approved version is put there too. */
async function publish(tx: Tx, { table, code, revision, effectiveFrom, source, terms }: TableVersionRow) {
  const head = [tx.newId(), code, revision, effectiveFrom, source];
  switch (table) {
    case 'COMPLAINT_CLOCK':
      return tx.query(
        'insert into complaint_clock (id, profile, version, effective_from, source, terms) values ($1, $2, $3, $4, $5, $6)',
        [...head, terms],
      );
    case 'CARE_RULE': {
      const rule = TERMS.CARE_RULE.parse(terms);
      return tx.query(
        'insert into care_rule (id, code, version, effective_from, source, terms, labels, wishes) values ($1, $2, $3, $4, $5, $6, $7, $8)',
        [...head, rule.terms, rule.labels, rule.wishes],
      );
    }
    case 'CARE_GIFT': {
      const gift = TERMS.CARE_GIFT.parse(terms);
      return tx.query(
        `insert into care_gift (id, grade, version, effective_from, source, value, yearly_cap, currency, labels)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [...head, gift.value, gift.yearlyCap, gift.currency, gift.labels],
      );
    }
    default:
      return undefined;
  }
}

export type InForce<Table extends FirmTable> = { code: string; revision: number; terms: TermsOf<Table> };

/** The rows of a table that count on a day, by code: of each the latest approved version whose day has come. */
export async function tableOn<Table extends FirmTable>(
  tx: Tx,
  table: Table,
  day: string,
): Promise<InForce<Table>[]> {
  const rows = await tx.query<{ code: string; revision: number; terms: unknown }>(
    `select distinct on (code) code, revision, terms from table_version
     where "table" = $1 and status = 'APPROVED' and effective_from <= $2 order by code, effective_from desc, revision desc`,
    [table, day],
  );
  return rows.map(({ code, revision, terms }) => ({ code, revision, terms: SHAPES[table].parse(terms) }));
}

const SHAPES: { [Table in FirmTable]: { parse: (terms: unknown) => TermsOf<Table> } } = TERMS;

/** The row of this code, or the only one there is. Without it the firm's table is broken, and nothing is guessed. */
export async function rowOn<Table extends FirmTable>(tx: Tx, table: Table, code: string, day: string) {
  const row = (await tableOn(tx, table, day)).find((of) => of.code === code);
  if (row === undefined) throw new Error(`The table ${table} has no row ${code} on ${day}.`);
  return row;
}

/** The phrases that no message may contain on a day: a table of the firm's. */
export async function bannedOn(tx: Tx, day: string): Promise<BannedPhrases> {
  const rows = await tableOn(tx, 'BANNED_PHRASES', day);
  return {
    phrases: rows.flatMap(({ terms }) => terms.phrases),
    negations: rows.flatMap(({ terms }) => terms.negations),
  };
}
