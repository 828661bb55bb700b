/** What no text of the firm may promise, and words before a phrase by which it promises nothing. Simplified, small, without spaces. */
export type BannedPhrases = { phrases: readonly string[]; negations: readonly string[] };

/** Traditional and Japanese forms to simplified, for the characters that banned phrases are made of: the same place in both. */
const OTHER_FORMS = '證証沒險険風會僅無穩賺虧損絕絶對対賠剛兌兑諾報資產産餘償擔貼護實獲盈額應並収穏価';
const SIMPLE = [...'证证没险险风会仅无稳赚亏损绝绝对对赔刚兑兑诺报资产产余偿担贴护实获盈额应并收稳价'];
const FORMS = new Map([...OTHER_FORMS].map((character, index) => [character, SIMPLE[index]]));

/** Letters of other alphabets that look like Latin ones: the same place in both. */
const LOOKALIKES = 'аеорсухіјѕԁԛԝһαορικτγυε';
const LATIN = [...'aeopcyxijsdqwhaopiktyue'];
const LETTERS = new Map([...LOOKALIKES].map((letter, index) => [letter, LATIN[index]]));

/** The text as a reader takes it in: full-width, accented, foreign and traditional forms folded, all that is neither letter nor digit taken out. */
function folded(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .normalize('NFC');
  return [...plain].map((character) => FORMS.get(character) ?? LETTERS.get(character) ?? character).join('');
}

/** Whether what stands before a phrase denies it. A denial that is itself denied promises all the same: 不得不保本. */
function isDenied(before: string, negations: readonly string[]): boolean {
  const found = negations.filter((negation) => before.endsWith(negation));
  const longest = found.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return false;
  const rest = before.slice(0, -longest.length);
  return !negations.some((negation) => rest.endsWith(negation));
}

/** The first phrase that promises what is prohibited; null when there is none. "Does not guarantee a return" promises nothing. */
export function bannedPhrase(text: string, { phrases, negations }: BannedPhrases): string | null {
  const plain = folded(text);
  for (const phrase of phrases) {
    for (let at = plain.indexOf(phrase); at !== -1; at = plain.indexOf(phrase, at + 1)) {
      if (!isDenied(plain.slice(0, at), negations)) return phrase;
    }
  }
  return null;
}
