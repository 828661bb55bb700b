import { defineRefusals } from '@client-graph/kit/refusals';
import { Converter } from 'opencc-js/t2cn';

export const refuseSearch = defineRefusals({
  ONE_OF: 'Search by exactly one of name, mobile, identity document or social credit code.',
  NAME_TOO_SHORT: 'Give at least one Chinese character or two letters of the name.',
});

/** Ideographs and kana: each is a word of its own. */
const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
/** As many ideographs in a row, or letters from the beginning of a word, as one token has at most. */
const GRAM_MAX = 3;
const PREFIX_MAX = 12;
/** Enough for any name of a person; of a long name of an institution the first that many are found. */
const TOKENS_MAX = 200;

/**
 * Traditional characters and their variants become the simplified one, each by itself: what a character means among others is no
 * matter here, and a part of a name must become what the whole name has become.
 */
const simplified = Converter({ from: 'hk', to: 'cn' });

/** A name as it is compared: one form of each character, small letters, one space between words. */
const normalName = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\p{Script=Han}/gu, simplified)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** The runs of ideographs and the words of everything else. */
function partsOf(name: string): { runs: string[][]; words: string[][] } {
  const normal = normalName(name);
  const runs = [...normal.matchAll(IDEOGRAPHS)].map(([run]) => [...run]);
  const words = normal
    .replace(IDEOGRAPHS, ' ')
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => [...word]);
  return { runs, words };
}

/** Up to three ideographs in a row wherever they stand, and every beginning of a word of letters. */
export function nameTokens(name: string): string[] {
  const { runs, words } = partsOf(name);
  const grams = runs.flatMap((run) =>
    run.flatMap((_, start) =>
      Array.from({ length: Math.min(GRAM_MAX, run.length - start) }, (__, n) =>
        run.slice(start, start + n + 1).join(''),
      ),
    ),
  );
  const prefixes = words.flatMap((word) =>
    Array.from({ length: Math.min(PREFIX_MAX, word.length) }, (_, n) => word.slice(0, n + 1).join('')),
  );
  return [...new Set([...grams, ...prefixes])].slice(0, TOKENS_MAX);
}

/**
 * The tokens that a name must all have to be found by what was typed, the longest first, because it is the rarest. Refuses
 * NAME_TOO_SHORT.
 */
export function searchTokens(typed: string): string[] {
  const { runs, words } = partsOf(typed);
  const grams = runs.flatMap((run) =>
    run.length <= GRAM_MAX
      ? [run.join('')]
      : run.slice(GRAM_MAX - 1).map((_, start) => run.slice(start, start + GRAM_MAX).join('')),
  );
  const prefixes = words.map((word) => word.slice(0, PREFIX_MAX).join(''));
  const isEnough = grams.length > 0 || prefixes.some((prefix) => [...prefix].length > 1);
  if (!isEnough) throw refuseSearch('NAME_TOO_SHORT');
  return [...new Set([...grams, ...prefixes])].sort((a, b) => [...b].length - [...a].length);
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
