/** A value and from when on it counts. */
type Dated = { at: Date };
/** A value and its span. */
type Spanned = { effectiveFrom: Date; effectiveTo: Date | null };

/** The last of what was so by an instant; null before the first. */
export const lastBy = <Kept extends Dated>(history: readonly Kept[], instant: Date): Kept | null =>
  history
    .filter(({ at }) => at <= instant)
    .reduce<Kept | null>((last, kept) => (last === null || kept.at >= last.at ? kept : last), null);

/** When something is so from: now, or just after the last should a clock have gone back, so that the last that was said is the last that was so. */
export const notBeforeLast = (last: Dated | null, now: Date): Date =>
  last !== null && last.at > now ? new Date(last.at.getTime() + 1) : now;

/** What counted at an instant; a value that counted for no time at all never did. */
export const spanAt = <Kept extends Spanned>(history: readonly Kept[], instant: Date): Kept | null =>
  history.find(
    ({ effectiveFrom, effectiveTo }) =>
      effectiveFrom <= instant && (effectiveTo === null || instant < effectiveTo),
  ) ?? null;
