import { defineRefusals } from '@client-graph/kit/refusals';

export const refuseSearch = defineRefusals({
  ONE_OF: 'Search by exactly one of name, mobile, identity document or social credit code.',
  NAME_TOO_SHORT: 'Give at least one Chinese character or two letters of the name.',
});

/** Ideographs and kana: each is a word of its own. */
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const PARTS_MAX = 40;
const PART_LENGTH_MAX = 80;

/** A name as it is compared: one form of each character, small letters, one space between words. */
const normalName = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** What a name is found by: itself from the beginning of every word and of every ideograph. */
export function namePartsOf(name: string): string[] {
  const characters = [...normalName(name)];
  const starts = characters.flatMap((character, index) => {
    const before = characters[index - 1];
    const begins = before === undefined || before === ' ' || IDEOGRAPH.test(character);
    return begins && character !== ' ' ? [index] : [];
  });
  const parts = starts.map((start) => characters.slice(start, start + PART_LENGTH_MAX).join(''));
  return [...new Set(parts)].slice(0, PARTS_MAX);
}

/** The bounds of everything that begins with what was typed. Refuses NAME_TOO_SHORT. */
export function boundsOf(typed: string): { from: string; below: string } {
  const from = normalName(typed);
  if (from.length < 2 && !IDEOGRAPH.test(from)) throw refuseSearch('NAME_TOO_SHORT');
  return { from, below: `${from}\u{10FFFF}` };
}

type By = {
  name?: string | null | undefined;
  mobile?: string | null | undefined;
  identity?: object | null | undefined;
  uscc?: string | null | undefined;
};

/** The one way of searching that was asked for. Refuses ONE_OF for none or several. */
export function wayOf(by: By): keyof By {
  const given = (['name', 'mobile', 'identity', 'uscc'] as const).filter(
    (way) => by[way] !== null && by[way] !== undefined,
  );
  const [way] = given;
  if (way === undefined || given.length > 1) throw refuseSearch('ONE_OF', { given });
  return way;
}
