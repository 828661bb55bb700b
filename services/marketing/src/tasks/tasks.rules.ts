import type { LeadStage } from '../leads/leads.rules.js';

/**
 * FIRST_CONTACT_LATE: nobody was reached by the day of the first contact. SILENT: nothing has happened for too long in the
 * follow-up. CONVERSION_OVERDUE: a client was opened and is not active yet.
 */
export type TaskKind = 'FIRST_CONTACT_LATE' | 'SILENT' | 'CONVERSION_OVERDUE';

/** The tasks that a step has done away with, by the stage it has led to; every step ends a silence. */
export const settledBy = (stage: LeadStage): TaskKind[] => {
  switch (stage) {
    case 'NEW':
      return ['SILENT'];
    case 'CONTACTED':
    case 'FOLLOWING_UP':
      return ['FIRST_CONTACT_LATE', 'SILENT'];
    case 'CONVERTED':
    case 'LOST':
    case 'DISQUALIFIED':
      return ['FIRST_CONTACT_LATE', 'SILENT', 'CONVERSION_OVERDUE'];
    default:
      return stage satisfies never;
  }
};
