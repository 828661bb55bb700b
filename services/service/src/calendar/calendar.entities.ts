import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DayKind } from './calendar.rules.js';

/** A day that differs from the rhythm of the week. */
@Entity('calendar_day')
export class CalendarDayRow {
  @PrimaryColumn({ type: 'date', name: 'day' }) id: string;
  @Column({ type: 'text' }) kind: DayKind;
  @Column({ type: 'jsonb' }) labels: { EN: string; ZH_HANS: string };
  @Column({ type: 'text' }) source: string;
}
