import { defineRefusals } from '@client-graph/kit/refusals';
import type { TouchChannel } from '../leads/leads.rules.js';

export const refuse = defineRefusals({
  AUDIENCE_TOO_SMALL: 'An audience has at least ten people, so that it points at nobody: widen it.',
  BAD_CRITERIA:
    'Leads are narrowed by stage, campaign, way and score; clients by class, grade and kind. A client has no consent to FACE.',
});

/** Fewer are neither told nor built. */
export const SMALLEST = 10;
/** Clients are counted in steps, so that the difference of two counts tells of no single one. */
const STEP = 5;

export type Criteria = {
  people: 'CLIENTS' | 'LEADS';
  channel: TouchChannel;
  classes: readonly string[];
  grades: readonly string[];
  kinds: readonly string[];
  stages: readonly string[];
  campaignIds: readonly string[];
  ways: readonly string[];
  scoreFrom: number | null;
};

/** Refuses BAD_CRITERIA for what does not belong to these people. */
export function checkCriteria(criteria: Criteria): void {
  const ofClients = criteria.classes.length + criteria.grades.length + criteria.kinds.length;
  const ofLeads = criteria.stages.length + criteria.campaignIds.length + criteria.ways.length;
  const isWrong =
    criteria.people === 'CLIENTS'
      ? ofLeads > 0 || criteria.scoreFrom !== null || criteria.channel === 'FACE'
      : ofClients > 0;
  const isOutOfRange = criteria.scoreFrom !== null && (criteria.scoreFrom < 0 || criteria.scoreFrom > 100);
  if (isWrong || isOutOfRange) throw refuse('BAD_CRITERIA');
}

/** What may be told of a count: nothing below ten; of clients the step below it. */
export function told(people: Criteria['people'], count: number): number | null {
  if (count < SMALLEST) return null;
  return people === 'CLIENTS' ? Math.floor(count / STEP) * STEP : count;
}
