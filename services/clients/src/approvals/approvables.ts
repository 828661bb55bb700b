import type { Approvable } from '@client-graph/kit';
import { ARCHIVE_ACCESS } from '../archive/access.js';
import { HOLD_LIFT, LEGAL_HOLD } from '../archive/holds.js';
import { RETENTION_RULES } from '../archive/retention.js';
import { ENRICHMENT_SOURCE } from '../enrichment/sources.js';
import { SUPERVISION_TABLE } from '../inspections/supervision-tables.js';
import { GRADE_OVERRIDE } from '../overrides/overrides.js';
import { REVIEW_CALENDAR } from '../reviews/calendars.js';
import { GRADING_RULES } from '../rule-sets/rule-sets.js';
import { WALL, WALL_LIFT } from '../walls/walls.js';

/** All that one person proposes and another decides in this service. */
export const APPROVABLES: readonly Approvable[] = [
  GRADING_RULES,
  GRADE_OVERRIDE,
  ENRICHMENT_SOURCE,
  RETENTION_RULES,
  REVIEW_CALENDAR,
  LEGAL_HOLD,
  HOLD_LIFT,
  ARCHIVE_ACCESS,
  WALL,
  WALL_LIFT,
  SUPERVISION_TABLE,
];
