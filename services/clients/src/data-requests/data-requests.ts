import {
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  type PageArgs,
  page,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { MoreThanOrEqual } from 'typeorm';
import { staffOf } from '../actors.js';
import type { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import { mustNotAdvise } from '../clients.rules.js';
import type {
  ExtendDataRequestInput,
  FulfilDataRequestInput,
  MakeDataRequestInput,
  RefuseDataRequestInput,
} from '../generated/resolvers.js';
import { eraseFile, keptUntil } from '../life-cycle/erasure.js';
import { freeze } from '../life-cycle/life-cycle.js';
import { ProfileVersionRow } from '../profiles.entities.js';
import { DataRequestRow } from './data-requests.entities.js';
import { correctedOf, dueOn, extend, fieldsOf, fulfil, mustBeOpen } from './data-requests.rules.js';

/** Takes down what a person asks about their own data; the clock runs from now. */
export const makeDataRequest = (db: Db, input: MakeDataRequestInput): Promise<DataRequestRow> =>
  transact(db, (tx) =>
    tx.once('makeDataRequest', input, DataRequestRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      return tx.insert(DataRequestRow, {
        id,
        clientId: client.id,
        type: input.type,
        fields: fieldsOf(input.type, input.fields ?? []),
        corrected: [],
        extendedAt: null,
        extensionReason: null,
        status: 'RECEIVED',
        receivedAt: tx.now,
        receivedBy: staffOf(tx),
        dueOn: dueOn(dayOf(tx.now)),
        decidedAt: null,
        decidedBy: null,
        outcome: null,
        version: 1,
      });
    }),
  );

/** Does what was asked for: deletion of a former client's data is restriction while retention runs. */
export const fulfilDataRequest = (db: Db, input: FulfilDataRequestInput): Promise<DataRequestRow> =>
  transact(db, async (tx) => {
    const { client, request } = await lock(tx, input.dataRequestId, input.expectedVersion);
    const { until, isHeld } = await keptUntil(tx, client);
    const today = dayOf(tx.now);
    const outcome = fulfil(request, client, isHeld ? NO_DAY : until, today);
    // Under a legal hold alone nobody can say until when.
    if (outcome === 'RESTRICTED_FOR_RETENTION')
      await freeze(tx, client, 'RETENTION', until > today ? until : null);
    if (outcome === 'ERASED') await eraseFile(tx, client, 'CLIENT_REQUEST');
    if (outcome === 'RESTRICTED') await freeze(tx, client, 'CLIENT_REQUEST', null);
    const corrected =
      outcome === 'CORRECTED' ? correctedOf(request.fields, await changedSince(tx, request)) : [];
    return tx.update(DataRequestRow, request, {
      status: 'FULFILLED',
      outcome,
      corrected,
      decidedAt: tx.now,
      decidedBy: staffOf(tx),
    });
  });

/** A legal hold has no last day. */
const NO_DAY = '9999-12-31';

/** Refuses a request with its reason, which the person is told. */
export const refuseDataRequestAs = (db: Db, input: RefuseDataRequestInput): Promise<DataRequestRow> =>
  transact(db, async (tx) => {
    const { request } = await lock(tx, input.dataRequestId, input.expectedVersion);
    mustBeOpen(request);
    return tx.update(DataRequestRow, request, {
      status: 'REFUSED',
      outcome: input.reason,
      decidedAt: tx.now,
      decidedBy: staffOf(tx),
    });
  });

async function lock(
  tx: Tx,
  id: string,
  expectedVersion: number,
): Promise<{ client: ClientRow; request: DataRequestRow }> {
  const found = isUuid(id) ? await tx.findOne(DataRequestRow, { id }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  const client = await clientForUpdate(tx, found.clientId);
  mustNotAdvise(client, staffOf(tx));
  return { client, request: await findForUpdate(tx, DataRequestRow, id, expectedVersion) };
}

/** Codes of what was changed in the file after the request came in. */
async function changedSince(tx: Tx, { clientId, receivedAt }: DataRequestRow): Promise<string[]> {
  const versions = await tx.find(ProfileVersionRow, {
    select: { id: true, changed: true },
    where: { clientId, at: MoreThanOrEqual(receivedAt) },
  });
  return versions.flatMap(({ changed }) => changed);
}

/** Gives a request two months more, once, with the reason that the person is told. */
export const extendDataRequest = (db: Db, input: ExtendDataRequestInput): Promise<DataRequestRow> =>
  transact(db, async (tx) => {
    const { request } = await lock(tx, input.dataRequestId, input.expectedVersion);
    return tx.update(DataRequestRow, request, {
      dueOn: extend(request, dayOf(tx.now)),
      extendedAt: tx.now,
      extensionReason: input.reason,
    });
  });

/** The requests that wait for an answer, the oldest first. */
export const listDataRequests = (db: Db, args: PageArgs): Promise<Connection<DataRequestRow>> =>
  page(db, DataRequestRow, args, { status: 'RECEIVED' }, 'OLDEST_FIRST');
