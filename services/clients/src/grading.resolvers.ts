import type { Resolvers } from './generated/resolvers.js';
import { GRADE_LABELS } from './labels.rules.js';
import { reasonsOf } from './reasons.rules.js';

export const gradingResolvers = {
  GradeAssignment: {
    gradeLabel: ({ grade }, { locale }) => GRADE_LABELS[grade][locale],
    reasons: (assignment, { locale }) => reasonsOf(assignment, locale),
  },
} satisfies Pick<Resolvers, 'GradeAssignment'>;
