import { OrderSettled, RiskProfileChanged } from '@client-graph/events';
import { type Handler, handle } from '@client-graph/kit';
import { takeTolerance } from './grading.js';
import { useProductClass } from './institutions/institutions.js';

/** What others state → what clients does about it. */
export const handlers: readonly Handler[] = [
  handle(RiskProfileChanged, (tx, { data }) => takeTolerance(tx, data)),
  handle(OrderSettled, (tx, { data }) => useProductClass(tx, data)),
];
