import type { Tx } from '@client-graph/kit';
import { LessThanOrEqual } from 'typeorm';
import { SuitabilityRuleRow } from '../entities.js';

/** The tables that count on a day. */
export const ruleInForce = (from: Pick<Tx, 'manager'>, today: string): Promise<SuitabilityRuleRow> =>
  from.manager.findOneOrFail(SuitabilityRuleRow, {
    where: { effectiveFrom: LessThanOrEqual(today) },
    order: { effectiveFrom: 'DESC' },
  });
