import chineseDays from 'chinese-days';
import type { Calendar } from './alerts.rules.js';

/** The State Council's calendar: public holidays, and the weekends that are worked on instead. A year is known once its National Day is. */
export const chinaCalendar: Calendar = {
  isWorkday: (day) => chineseDays.isWorkday(day),
  isKnown: (day) =>
    chineseDays.isHoliday(`${day.slice(0, 4)}-10-01`) && !chineseDays.isWorkday(`${day.slice(0, 4)}-10-01`),
};
