import { Decimal } from 'decimal.js';

// Sums of any real book stay exact: 40 significant digits, and never an exponent on the wire.
Decimal.set({ precision: 40, toExpNeg: -40, toExpPos: 40, rounding: Decimal.ROUND_HALF_UP });

export { Decimal };
