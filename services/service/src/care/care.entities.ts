import { type Decimal, decimal, nullableDecimal, sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CareDate, CareDateKind, CareRule, CareTerms } from './care.rules.js';

type Labels = { EN: string; ZH_HANS: string; ZH_HANT: string };

@Entity('client_fact')
export class ClientFactRow {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'date' }) onboardedOn: string;
}

/** Personal: in no event and no log. */
@Entity('care_date')
export class CareDateRow implements CareDate {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: CareDateKind;
  @Column(sealed({ subject: 'clientId', as: 'json' })) month: number;
  @Column(sealed({ subject: 'clientId', as: 'json' })) day: number;
  @Column({ type: 'boolean' }) isLeapMonth: boolean;
  @Column({ type: 'uuid' }) registeredBy: string;
  @Column({ type: 'timestamptz' }) registeredAt: Date;
}

@Entity('care_rule')
export class CareRuleRow implements CareRule {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) terms: CareTerms;
  @Column({ type: 'jsonb' }) labels: Labels;
  @Column({ type: 'jsonb' }) wishes: Labels;
}

@Entity('care_gift')
export class CareGiftRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text', name: 'grade' }) code: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column(decimal) value: Decimal;
  @Column(decimal) yearlyCap: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'jsonb' }) labels: Labels;
}

@Entity('care_task')
export class CareTaskRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) ruleCode: string;
  @Column({ type: 'int' }) year: number;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'uuid' }) communicationId: string;
  @Column(nullableDecimal) giftValue: Decimal | null;
  @Column({ type: 'text', nullable: true }) giftCurrency: string | null;
  @Column({ type: 'timestamptz', nullable: true }) sentAt: Date | null;
}
