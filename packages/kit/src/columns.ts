import { type ColumnOptions, DefaultNamingStrategy } from 'typeorm';
import { Decimal } from './decimal.js';

/** Options of a `numeric` column: a Decimal in the row, exact in the database. Use as `@Column(decimal)`. */
export const decimal = {
  type: 'numeric',
  transformer: {
    to: (value: Decimal | null | undefined) =>
      value === null || value === undefined ? value : value.toFixed(),
    from: (value: string | null) => (value === null ? null : new Decimal(value)),
  },
} as const satisfies ColumnOptions;

/** Options of a `numeric` column that may be null. */
export const nullableDecimal = { ...decimal, nullable: true } as const satisfies ColumnOptions;

/** Columns are named as the property, in snake_case. */
export class SnakeCase extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
