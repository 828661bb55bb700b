import { type Db, dayOf, findForUpdate, isUuid, refuse, type Tx, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import type { DrawSampleInput, SampleQueryInput } from '../generated/resolvers.js';
import { InspectionRow, InspectionSampleRow } from './inspections.entities.js';
import { moveInspection, mustBePeriod, mustBeSample, refuseInspection } from './inspections.rules.js';
import type { SampleQuery } from './samples.rules.js';

type Drawn = { ids: string[]; population: number };

/** Draws a sample and keeps what it was drawn by, so that anybody can draw it again. */
export const drawSample = (db: Db, input: DrawSampleInput): Promise<InspectionSampleRow> =>
  transact(db, (tx) =>
    tx.once('drawSample', input, InspectionSampleRow, async (id) => {
      const inspection = await findForUpdate(tx, InspectionRow, input.inspectionId, input.expectedVersion);
      moveInspection(inspection.status, 'DRAW');
      mustBeSample(input.seed, input.size);
      const query = queryOf(input.query, dayOf(tx.now));
      const { ids, population } = await draw(tx, { query, seed: input.seed, size: input.size, asOf: tx.now });
      await tx.update(InspectionRow, inspection, {});
      return tx.insert(InspectionSampleRow, {
        id,
        inspectionId: inspection.id,
        seed: input.seed,
        query,
        size: input.size,
        asOf: tx.now,
        population,
        drawn: ids,
        drawnBy: staffOf(tx),
      });
    }),
  );

function queryOf({ clients, items }: SampleQueryInput, today: string): SampleQuery {
  if ((clients ? 1 : 0) + (items ? 1 : 0) !== 1) throw refuseInspection('SAMPLE_IMPOSSIBLE');
  if (items) {
    mustBePeriod(items.from, items.to, today);
    const { itemClass, what = null, from, to } = items;
    return { of: 'ITEMS', itemClass, what, from, to };
  }
  const { class: clientClass = null, grade = null, status = null, adviserId = null } = clients ?? {};
  if (adviserId !== null && !isUuid(adviserId))
    throw refuse('BAD_INPUT', { field: 'adviserId', expected: 'UUID' });
  return { of: 'CLIENTS', class: clientClass, grade, status, adviserId };
}

/** The same sample drawn anew, and whether it is still what was kept. What has been erased since is missing. */
export const redrawSample = (
  db: Db,
  sampleId: string,
): Promise<Drawn & { sample: InspectionSampleRow; isSame: boolean }> =>
  transact(db, async (tx) => {
    const sample = isUuid(sampleId) ? await tx.findOne(InspectionSampleRow, { id: sampleId }) : null;
    if (sample === null) throw refuse('NOT_FOUND');
    const { ids, population } = await draw(tx, sample);
    const isSame = population === sample.population && ids.join() === sample.drawn.join();
    return { sample, ids, population, isSame };
  });

type Draw = Pick<InspectionSampleRow, 'query' | 'seed' | 'size' | 'asOf'>;

/** Orders the population by a hash of seed and id and takes the first: chance to whoever looks, the same for the same seed. */
async function draw(tx: Tx, { query, seed, size, asOf }: Draw): Promise<Drawn> {
  const { sql, parameters } = populationOf(query);
  const found = await tx.query<{ id: string; n: number }>(
    `select id, count(*) over ()::int as n from (${sql}) population
     order by sha256(convert_to($1 || ':' || id::text, 'UTF8')), id limit $2`,
    [seed, size, asOf, ...parameters],
  );
  return { ids: found.map(({ id }) => id), population: found[0]?.n ?? 0 };
}

function populationOf(query: SampleQuery): { sql: string; parameters: unknown[] } {
  switch (query.of) {
    case 'CLIENTS':
      return {
        sql: CLIENTS_AS_OF,
        parameters: [query.class, query.grade, query.adviserId, query.status],
      };
    case 'ITEMS':
      return { sql: ITEMS_AS_OF, parameters: [query.itemClass, query.what, query.from, query.to] };
    default:
      return query satisfies never;
  }
}

// By the histories, not by what is so now: a client who has moved on since is still in the sample.
const spanned = (table: string, column: string, parameter: string) =>
  `(${parameter}::text is null or exists (
     select 1 from ${table} h where h.client_id = c.id and h.${column}::text = ${parameter} and h.effective_from <= $3
       and (h.effective_to is null or h.effective_to > $3)))`;
const CLIENTS_AS_OF = `
  select c.id from client c
  where c.onboarded_at <= $3
    and ${spanned('class_assignment', 'class', '$4')}
    and ${spanned('grade_assignment', 'grade', '$5')}
    and ${spanned('adviser_assignment', 'adviser_id', '$6')}
    and ($7::text is null or $7 = (
      select s.to_status from status_change s where s.client_id = c.id and s.at <= $3 order by s.at desc, s.id desc limit 1))`;
const ITEMS_AS_OF = `
  select i.id from archive_item i
  where i.filed_at <= $3 and i.item_class = $4 and ($5::text is null or i.what = $5)
    and (i.occurred_at at time zone 'Asia/Shanghai')::date between $6::date and $7::date`;
