import {
  ClientCopyRow,
  type Db,
  findForUpdate,
  type Money,
  refuse,
  serves,
  transact,
} from '@client-graph/kit';
import { InvestorFactsRow } from '../entities.js';
import { checkFacts } from './investors.rules.js';

type RecordFacts = {
  clientId: string;
  expectedVersion: number;
  horizonMonths?: number | null | undefined;
  liquidAssets?: Money | null | undefined;
  qualifiedUntil?: string | null | undefined;
};

/** Keeps what the client has shown; it replaces what was there. Decisions made before keep what they were made of. */
export const recordInvestorFacts = (db: Db, input: RecordFacts): Promise<InvestorFactsRow> =>
  transact(db, async (tx) => {
    const facts = checkFacts(input);
    const client = await findForUpdate(tx, ClientCopyRow, input.clientId);
    if (!serves(tx.actor, client)) throw refuse('NOT_FOUND');
    const before = await tx.findOne(InvestorFactsRow, { id: client.id });
    const current = before?.version ?? 0;
    if (current !== input.expectedVersion)
      throw refuse('STALE_VERSION', { expected: input.expectedVersion, current });
    const made = { ...facts, recordedAt: tx.now, recordedBy: tx.actor.id };
    return before === null
      ? tx.insert(InvestorFactsRow, { id: client.id, ...made, version: 1 })
      : tx.update(InvestorFactsRow, before, made);
  });
