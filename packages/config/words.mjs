// Words that must not enter the repository: places of one machine, unfinished work, names that say nothing.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { fail, projectFiles, ROOT } from './project.mjs';

const quote = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const places = [dirname(ROOT), homedir()].filter((place) => !['/', '/tmp'].includes(place)).map(quote);
const CODE = /\.(ts|mjs|cjs|js)$/;

const FORBIDDEN = [
  {
    pattern: new RegExp(
      `(?<![\\w.~-])(${[...places, '/(home|Users)/[a-z]\\w*', '[A-Z]:\\\\Users'].join('|')})/`,
    ),
    why: 'a path of one machine: work it out from import.meta.url or take it as an argument',
  },
  { pattern: /\b(TODO|FIXME)\b/, why: 'unfinished: do it, or write an issue and link it' },
  { pattern: /^(<{7}|>{7}|={7}$)/, why: 'left over from a merge' },
  { pattern: /keep (this |it )?in sync with/i, why: 'import it instead', files: CODE },
  { pattern: /@ts-(ignore|nocheck)|eslint-disable/, why: 'silences the compiler', files: CODE },
  {
    pattern:
      /\b(class|function|const|type|interface) \w*(Manager|Helper|Util|Utils|Impl|Dto|Mapper|Repository)\b/,
    why: 'a name that says nothing: name it after what it does',
    files: CODE,
  },
];

const isText = (content) => !content.subarray(0, 8_000).includes(0);
const problems = [];
for (const file of projectFiles()) {
  if (file === 'package-lock.json' || file === 'packages/config/words.mjs') continue;
  const content = readFileSync(file);
  if (!isText(content)) continue;
  const rules = FORBIDDEN.filter((rule) => !rule.files || rule.files.test(file));
  content
    .toString('utf8')
    .split('\n')
    .forEach((line, index) => {
      for (const { pattern, why } of rules) {
        const found = pattern.exec(line);
        if (found) problems.push(`${file}:${index + 1}: \`${found[0].trim()}\`: ${why}.`);
      }
    });
}
fail(problems);
