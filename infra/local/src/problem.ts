/** Something the person at the keyboard can put right. Its message is the whole story in one sentence; no stack is shown. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** The start was called off (Ctrl-C); whoever catches it says nothing more. */
export class CalledOff extends Error {
  override readonly name = 'CalledOff';
  constructor() {
    super('The start was called off.');
  }
}

/** True when the operating system refused with one of these codes, for example ENOSPC. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  // Not `instanceof Error`: under jest, Node's own errors come from another realm.
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    codes.includes(error.code)
  );
}
