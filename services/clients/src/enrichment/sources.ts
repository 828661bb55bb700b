import {
  type Approvable,
  type ApprovalDecision,
  type Db,
  dayOf,
  findForUpdate,
  openApproval,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { PURPOSES, type Purpose } from '../consents/consents.rules.js';
import type { DecideEnrichmentSourceInput, ProposeEnrichmentSourceInput } from '../generated/resolvers.js';
import { code, line } from '../profiles.rules.js';
import { mustBeToCome } from '../rule-sets/rule-sets.rules.js';
import { EnrichmentSourceRow } from './enrichment.entities.js';
import { type LawfulBasis, refuseEnrichment } from './enrichment.rules.js';

/** The list of sources: one proposal at a time for each. */
export const ENRICHMENT_SOURCE: Approvable = {
  action: 'ENRICHMENT_SOURCE',
  scope: 'sources:approve',
  days: 30,
  lapse: (tx, id) => tx.manager.update(EnrichmentSourceRow, id, { status: 'EXPIRED', decidedAt: tx.now }),
};

const payloadOf = ({
  status: _,
  makerId: __,
  checkerId: ___,
  decidedAt: ____,
  ...proposed
}: EnrichmentSourceRow) => proposed;

/** Proposes a new row of a source: its basis, what it may be asked for, and from when to when. */
export const proposeEnrichmentSource = (
  db: Db,
  input: ProposeEnrichmentSourceInput,
): Promise<EnrichmentSourceRow> =>
  transact(db, (tx) =>
    tx.once('proposeEnrichmentSource', input, EnrichmentSourceRow, async (id) => {
      const row = proposed(tx, id, input);
      if ((await tx.findOne(EnrichmentSourceRow, { code: row.code, version: row.version })) !== null)
        throw refuseEnrichment('SOURCE_VERSION_TAKEN');
      await openApproval(tx, ENRICHMENT_SOURCE, {
        subject: `source:${row.code}`,
        targetId: id,
        payload: payloadOf(row),
      });
      return tx.insert(EnrichmentSourceRow, row);
    }),
  );

function proposed(tx: Tx, id: string, input: ProposeEnrichmentSourceInput): EnrichmentSourceRow {
  mustBeToCome(input.effectiveFrom, dayOf(tx.now));
  const effectiveTo = input.effectiveTo ?? null;
  if (effectiveTo !== null && effectiveTo < input.effectiveFrom)
    throw refuse('BAD_INPUT', { field: 'effectiveTo', reason: 'BEFORE_BEGINNING' });
  const consentPurpose = input.consentPurpose ?? null;
  mustNameItsConsent(input.basis, consentPurpose);
  return {
    id,
    code: code(input.code, 'code'),
    version: code(input.version, 'version'),
    name: line(input.name, 'name', 200),
    basis: input.basis,
    consentPurpose,
    fields: [...new Set(input.fields)],
    effectiveFrom: input.effectiveFrom,
    effectiveTo,
    source: line(input.source, 'source', 200),
    status: 'PROPOSED',
    reason: line(input.reason, 'reason', 500),
    makerId: staffOf(tx),
    checkerId: null,
    decidedAt: null,
  };
}

/** A basis of consent names the consent, of the same kind; another names none. */
function mustNameItsConsent(basis: LawfulBasis, purpose: Purpose | null): void {
  const needed = basis === 'CONSENT' || basis === 'SEPARATE_CONSENT' ? basis : null;
  const named = purpose === null ? null : PURPOSES[purpose];
  if (needed !== named) throw refuse('BAD_INPUT', { field: 'consentPurpose', reason: 'GOES_WITH_BASIS' });
}

/** Approves, rejects or withdraws a proposed source. */
export const decideEnrichmentSource = (
  db: Db,
  input: DecideEnrichmentSourceInput,
  decision: ApprovalDecision,
): Promise<EnrichmentSourceRow> =>
  transact(db, async (tx) => {
    const row = await findForUpdate(tx, EnrichmentSourceRow, input.sourceId);
    const approval = await settleApproval(tx, ENRICHMENT_SOURCE, decision, {
      targetId: row.id,
      payload: payloadOf(row),
    });
    if (decision === 'APPROVED') mustBeToCome(row.effectiveFrom, dayOf(tx.now));
    return tx.update(EnrichmentSourceRow, row, {
      status: decision,
      checkerId: approval.checkerId,
      decidedAt: tx.now,
    });
  });
