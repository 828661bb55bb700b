/** What we use of `lunar-javascript`, which comes without types. A month below zero is the leap month. */
declare module 'lunar-javascript' {
  export class Solar {
    static fromJulianDay(julianDay: number): Solar;
    toYmd(): string;
  }
  export class Lunar {
    static fromYmd(year: number, month: number, day: number): Lunar;
    getJieQiTable(): Record<string, Solar>;
  }
  export class LunarYear {
    static fromYear(year: number): LunarYear;
    getLeapMonth(): number;
  }
  export class LunarMonth {
    static fromYm(year: number, month: number): LunarMonth | null;
    getDayCount(): number;
    getFirstJulianDay(): number;
  }
}
