import type { Approvable } from '@client-graph/kit';
import { MESSAGE_TEMPLATE } from './communications/templates.js';
import { COMPLAINT_EXTENSION } from './complaints/extensions.js';
import { TABLE_VERSION } from './table-versions/table-versions.js';

/** All that one person proposes and another decides in this service. */
export const APPROVABLES: readonly Approvable[] = [MESSAGE_TEMPLATE, TABLE_VERSION, COMPLAINT_EXTENSION];
