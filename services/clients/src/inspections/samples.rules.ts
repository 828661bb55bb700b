import type { ItemClass } from '../archive/retention.rules.js';
import type { Status } from '../clients.rules.js';
import type { Class, Grade } from '../grading-tables.rules.js';

/** What a sample is drawn from: clients as they were at an instant, or what was filed by then. */
export type SampleQuery =
  | {
      of: 'CLIENTS';
      class: Class | null;
      grade: Grade | null;
      status: Status | null;
      adviserId: string | null;
    }
  | { of: 'ITEMS'; itemClass: ItemClass; what: string | null; from: string; to: string };
