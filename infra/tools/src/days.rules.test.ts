import { describe, expect, test } from '@jest/globals';
import { type DayOrder, dayOfCell, needsOrder } from './days.js';

describe('the cell of a day', () => {
  test.each<[string, DayOrder, string | null]>([
    ['2018-02-26', 'YMD', '2018-02-26'],
    ['2018-02-26 19:58:54', 'YMD', '2018-02-26'],
    ['2018/2/6', 'YMD', '2018-02-06'],
    ['2018.02.26', 'YMD', '2018-02-26'],
    ['20180226', 'YMD', '2018-02-26'],
    ['2018年2月6日', 'YMD', '2018-02-06'],
    ['２０１８年２月６日', 'YMD', '2018-02-06'],
    ['2018年2月6日 09:30', 'YMD', '2018-02-06'],
    ['26-Feb-2018', 'YMD', '2018-02-26'],
    ['26 February 2018', 'YMD', '2018-02-26'],
    ['Feb 26, 2018', 'YMD', '2018-02-26'],
    ['2018-02-26T23:30:00Z', 'YMD', '2018-02-27'],
    ['2018-02-27T00:30:00+08:00', 'YMD', '2018-02-27'],
    ['26/02/2018', 'YMD', null],
    ['26/02/2018', 'DMY', '2018-02-26'],
    ['26.2.2018 10:00', 'DMY', '2018-02-26'],
    ['02/26/2018', 'MDY', '2018-02-26'],
    ['02/26/2018', 'DMY', null],
    ['03/04/2018', 'DMY', '2018-04-03'],
    ['03/04/2018', 'MDY', '2018-03-04'],
    ['2018-02-26', 'MDY', '2018-02-26'],
    ['43157', 'EXCEL', '2018-02-26'],
    ['43157.83', 'EXCEL', '2018-02-26'],
    ['43157', 'YMD', null],
    ['2018-02-30', 'YMD', null],
    ['2018-13-01', 'YMD', null],
    ['20180230', 'YMD', null],
    ['29/02/2019', 'DMY', null],
    ['29/02/2020', 'DMY', '2020-02-29'],
    ['18-02-26', 'YMD', null],
    ['26/02/18', 'DMY', null],
    ['2018-02/26', 'YMD', null],
    ['2018-02-26x', 'YMD', null],
    ['26-Foo-2018', 'YMD', null],
    ['soon', 'YMD', null],
    ['0', 'EXCEL', null],
    ['999999', 'EXCEL', null],
  ])('%j, %s: %s', (cell, order, day) => {
    expect(dayOfCell(cell, order)).toBe(day);
  });
  test.each([
    ['26/02/2018', true],
    ['3.4.2018', true],
    ['2018-02-26', false],
    ['soon', false],
  ])('%j needs an order: %s', (cell, expected) => {
    expect(needsOrder(cell)).toBe(expected);
  });
});
