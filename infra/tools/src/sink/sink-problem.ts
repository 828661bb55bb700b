/** Something the person at the keyboard can put right: its message is one sentence, and no stack is shown. */
export class SinkProblem extends Error {
  override readonly name = 'SinkProblem';
}
