// Fails when a generated file differs from what is in git's index, or is not in git at all.
import { execFileSync } from 'node:child_process';
import { fail } from './project.mjs';

const patterns = process.argv.slice(2).map((pattern) => `:(glob)${pattern}`);
const git = (...args) =>
  execFileSync('git', [...args, '--', ...patterns], { encoding: 'utf8', maxBuffer: 1e8 });

const untracked = git('ls-files', '--others', '--exclude-standard').split('\n').filter(Boolean);
const difference = git('diff', '--no-color').split('\n');
const LINES_MAX = 60;
const shown = difference.slice(0, LINES_MAX);
if (difference.length > LINES_MAX) shown.push(`… and ${difference.length - LINES_MAX} lines more: git diff`);
fail([...untracked.map((file) => `${file} is not in git.`), ...shown.filter(Boolean)]);
