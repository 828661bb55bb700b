import type { Approvable } from '@client-graph/kit';
import { GRADE_OVERRIDE } from '../overrides/overrides.js';
import { GRADING_RULES } from '../rule-sets/rule-sets.js';

/** All that one person proposes and another decides in this service. */
export const APPROVABLES: readonly Approvable[] = [GRADING_RULES, GRADE_OVERRIDE];
