import { type FileHandle, open, stat } from 'node:fs/promises';
import { SinkProblem } from './sink-problem.js';
import { CSV_HEADER, csvOf, jsonOf, type Target } from './target.js';

/**
 * A file to which conversions are added: each line once. The length that belongs to the positions is remembered with them; what a
 * death has left behind it is cut off and written again.
 */
export function fileTarget(path: string, format: 'jsonl' | 'csv'): Target {
  let file: FileHandle | undefined;
  let length = 0;
  const add = async (text: string): Promise<void> => {
    if (file === undefined) throw new Error('The file is not open.');
    await file.appendFile(text);
    await file.datasync();
    length += Buffer.byteLength(text);
  };
  return {
    open: async (bytes) => {
      const present = await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
      const wanted = bytes ?? present;
      if (present < wanted)
        throw new SinkProblem(
          `${path} is shorter than it was left: begin again with --replay and another file.`,
        );
      file = await open(path, 'a').catch(() => {
        throw new SinkProblem(`${path} cannot be written.`);
      });
      await file.truncate(wanted);
      length = wanted;
      if (length === 0 && format === 'csv') await add(CSV_HEADER);
      return length;
    },
    deliver: async (events) => {
      const text = events.map((event) => (format === 'csv' ? csvOf(event) : `${jsonOf(event)}\n`)).join('');
      if (text !== '') await add(text);
      return { bytes: length, refused: [] };
    },
    close: async () => {
      await file?.close();
      file = undefined;
    },
  };
}
