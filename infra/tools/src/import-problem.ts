/** Something the person at the keyboard can put right: its message is one sentence, and no stack is shown. */
export class ImportProblem extends Error {
  override readonly name = 'ImportProblem';
}

/** The code of an error of the operating system. Not by `instanceof`: under jest Node's errors come from another realm. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** What to say about a file that cannot be opened. */
export function unreadable(path: string, error: unknown): ImportProblem {
  const code = systemCode(error);
  if (code === 'ENOENT') return new ImportProblem(`There is no file ${path}.`);
  if (code === 'EISDIR') return new ImportProblem(`${path} is a folder: name a file.`);
  if (code === 'EACCES' || code === 'EPERM') return new ImportProblem(`${path} may not be read.`);
  return new ImportProblem(`${path} cannot be read (${code ?? 'unknown fault'}).`);
}
