import { z } from 'zod';

/** Points have at most this many decimals. */
const DECIMALS = 4;
const SCALE = 10 ** DECIMALS;

/** How a number of points is written: 3, -2, 0.25. */
export const POINTS = /^-?\d{1,9}(\.\d{1,4})?$/;

/** Points as a questionnaire states them, as a number or, where its author trusts no other program's numbers, as text. */
export const Points = z
  .union([z.number(), z.string()])
  .refine((points) => POINTS.test(String(points)), `a number with at most ${DECIMALS} decimals`)
  .transform(Number);

/** Points as whole ten-thousandths, which add up exactly, as 0.1 and 0.2 do not. */
export const unitsOf = (points: number): number => Math.round(points * SCALE);

/** The exact sum: the number that is written as it is. */
export const addUp = (points: readonly number[]): number =>
  points.reduce((units, one) => units + unitsOf(one), 0) / SCALE;

/** The largest step in which all of these go: what is added up of them is a multiple of it. */
export const stepOf = (points: readonly number[]): number =>
  points.map(unitsOf).reduce((a, b) => divisor(Math.abs(a), Math.abs(b)), 0);

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
