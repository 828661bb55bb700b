import { QuestionnaireRetired } from '@client-graph/events';
import {
  type Approvable,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  openApproval,
  type PageArgs,
  page,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { canonicalJson } from '../canonical.rules.js';
import { QuestionnaireProposalRow, QuestionnaireRow } from '../entities.js';
import { checkText } from '../free-text.rules.js';
import type {
  ApproveQuestionnaireInput,
  ProposeQuestionnaireInput,
  RejectQuestionnaireInput,
} from '../generated/resolvers.js';
import { approve, checkProposal, proposed, refuseProposal, reject } from './proposals.rules.js';
import { hashOf, supersededOn } from './questionnaires.js';
import { type Questionnaire, readQuestionnaire } from './questionnaires.rules.js';

/** A new version of a questionnaire: one proposal at a time for each, and one that nobody decides on is turned down by time. */
export const PUBLISH_QUESTIONNAIRE: Approvable = {
  action: 'PUBLISH_QUESTIONNAIRE',
  scope: 'questionnaires:approve',
  days: 90,
  lapse: async (tx, id) => {
    const proposal = await findForUpdate(tx, QuestionnaireProposalRow, id);
    const { changes, events } = reject(proposal);
    await tx.record(...events);
    const decided = { reason: 'Nobody has decided in time.', decidedAt: tx.now };
    await tx.update(QuestionnaireProposalRow, proposal, { ...changes, ...decided });
  },
};

/** What a second person says yes to, as it is stored. */
const payloadOf = (row: QuestionnaireProposalRow) => ({
  code: row.code,
  version: row.questionnaireVersion,
  content: contentHashOf(row),
});
const contentHashOf = ({
  audience,
  effectiveFrom,
  definition,
}: Pick<QuestionnaireProposalRow, 'audience' | 'effectiveFrom' | 'definition'>): string =>
  hashOf(canonicalJson({ audience, effectiveFrom, definition }));

const CONTENT_MAX = 400_000;
const PROBLEMS_MAX = 100;

function read(content: string): Questionnaire {
  if (content.length > CONTENT_MAX)
    throw refuse('BAD_INPUT', { field: 'content', expected: `at most ${CONTENT_MAX} characters` });
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw refuseProposal('QUESTIONNAIRE_MALFORMED', { problems: ['content: is not JSON'] });
  }
  const { questionnaire, problems } = readQuestionnaire(parsed);
  if (questionnaire === null)
    throw refuseProposal('QUESTIONNAIRE_MALFORMED', { problems: problems.slice(0, PROBLEMS_MAX) });
  return questionnaire;
}

/** Who decides about a questionnaire takes turns, so that no two versions come to count on one day. */
const lockCode = (tx: Tx, code: string) =>
  tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`questionnaire ${code}`]);

const publishedOf = (tx: Tx, code: string): Promise<QuestionnaireRow[]> =>
  tx.find(QuestionnaireRow, { where: { code } });

export const proposeQuestionnaire = (
  db: Db,
  input: ProposeQuestionnaireInput,
): Promise<QuestionnaireProposalRow> =>
  transact(db, (tx) =>
    tx.once('proposeQuestionnaire', input, QuestionnaireProposalRow, async (id) => {
      const { code, version, audience, effectiveFrom, definition } = read(input.content);
      await lockCode(tx, code);
      const proposal = { code, questionnaireVersion: version, audience, effectiveFrom };
      checkProposal(proposal, await publishedOf(tx, code), dayOf(tx.now));
      const row: QuestionnaireProposalRow = {
        id,
        ...proposal,
        contentHash: contentHashOf({ audience, effectiveFrom, definition }),
        definition,
        proposedById: staffOf(tx),
        proposedAt: tx.now,
        state: 'OPEN',
        decidedById: null,
        decidedAt: null,
        reason: null,
        version: 1,
      };
      await openApproval(tx, PUBLISH_QUESTIONNAIRE, {
        subject: code,
        targetId: id,
        payload: payloadOf(row),
      });
      await tx.record(proposed(row));
      return tx.insert(QuestionnaireProposalRow, row);
    }),
  );

function staffOf(tx: Tx): string {
  if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
  return tx.actor.id;
}

async function lockProposal(tx: Tx, id: string, expectedVersion: number): Promise<QuestionnaireProposalRow> {
  const found = isUuid(id) ? await tx.findOne(QuestionnaireProposalRow, { id }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  await lockCode(tx, found.code);
  return findForUpdate(tx, QuestionnaireProposalRow, id, expectedVersion);
}

export const approveQuestionnaire = (
  db: Db,
  { proposalId, expectedVersion }: ApproveQuestionnaireInput,
): Promise<QuestionnaireProposalRow> =>
  transact(db, async (tx) => {
    const proposal = await lockProposal(tx, proposalId, expectedVersion);
    const {
      code,
      questionnaireVersion: version,
      audience,
      effectiveFrom,
      contentHash,
      definition,
    } = proposal;
    const { changes, events } = approve(proposal, tx.actor.id, await publishedOf(tx, code), dayOf(tx.now));
    await settleApproval(tx, PUBLISH_QUESTIONNAIRE, 'APPROVED', {
      targetId: proposal.id,
      payload: payloadOf(proposal),
    });
    await tx.insert(QuestionnaireRow, {
      id: proposal.id,
      code,
      version,
      audience,
      status: 'ACTIVE',
      effectiveFrom,
      contentHash,
      definition,
    });
    await tx.record(...events);
    return tx.update(QuestionnaireProposalRow, proposal, {
      ...changes,
      decidedById: tx.actor.id,
      decidedAt: tx.now,
    });
  });

const REASON_MAX = 2_000;

export const rejectQuestionnaire = (
  db: Db,
  { proposalId, expectedVersion, reason }: RejectQuestionnaireInput,
): Promise<QuestionnaireProposalRow> =>
  transact(db, async (tx) => {
    checkText('reason', reason, REASON_MAX);
    const proposal = await lockProposal(tx, proposalId, expectedVersion);
    const { changes, events } = reject(proposal);
    // Whoever has proposed takes it back; anybody else turns it down.
    const decision = proposal.proposedById === tx.actor.id ? 'WITHDRAWN' : 'REJECTED';
    const about = { targetId: proposal.id, payload: payloadOf(proposal) };
    await settleApproval(tx, PUBLISH_QUESTIONNAIRE, decision, about);
    await tx.record(...events);
    return tx.update(QuestionnaireProposalRow, proposal, {
      ...changes,
      reason,
      decidedById: tx.actor.id,
      decidedAt: tx.now,
    });
  });

const askedOf = async (tx: Tx, code: string): Promise<QuestionnaireRow[]> =>
  (await publishedOf(tx, code)).filter(({ status }) => status === 'ACTIVE');

/** The version, which is asked today or will be. Refuses NOT_ASKED. */
export async function mustBeAsked(tx: Tx, code: string, version: string): Promise<QuestionnaireRow> {
  const row = (await askedOf(tx, code)).find((asked) => asked.version === version);
  if (row === undefined) throw refuseProposal('NOT_ASKED');
  return row;
}

/** Takes a version out of use, and with it what it has replaced: a version that nobody asks any more does not come back. */
export async function retireAsked(tx: Tx, code: string, version: string): Promise<void> {
  await lockCode(tx, code);
  const last = await mustBeAsked(tx, code, version);
  const asked = await askedOf(tx, code);
  await retire(
    tx,
    asked.filter(({ effectiveFrom }) => effectiveFrom <= last.effectiveFrom),
  );
}

/** Marks versions whose successor has taken effect; that they are no longer taken follows from the date alone. */
export async function retireSuperseded(db: Db): Promise<void> {
  await transact(db, async (tx) => retire(tx, await supersededOn(tx, dayOf(tx.now))));
}

async function retire(tx: Tx, rows: readonly QuestionnaireRow[]): Promise<void> {
  for (const { id } of rows) {
    const row = await findForUpdate(tx, QuestionnaireRow, id);
    if (row.status !== 'ACTIVE') continue;
    await tx.update(QuestionnaireRow, row, { status: 'RETIRED' });
    const { code: questionnaire, version, audience, effectiveFrom } = row;
    await tx.record(
      QuestionnaireRetired({ questionnaireId: id, questionnaire, version, audience, effectiveFrom }),
    );
  }
}

/** Proposals that wait for a second person, oldest first; or all, newest first. */
export const questionnaireProposals = (
  db: Db,
  { open, ...args }: PageArgs & { open?: boolean | null },
): Promise<Connection<QuestionnaireProposalRow>> =>
  open === true
    ? page(db, QuestionnaireProposalRow, args, { state: 'OPEN' }, 'OLDEST_FIRST')
    : page(db, QuestionnaireProposalRow, args);
