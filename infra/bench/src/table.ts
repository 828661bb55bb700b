/** One line of a table; numbers are set to the right and rounded to what can be told apart. */
type Line = readonly (string | number | null)[];
export type Table = {
  title: string;
  head: readonly string[];
  lines: readonly Line[];
  notes?: readonly string[];
};

/** 0.042, 3.14, 27.1 and 12,345: three figures that count, or all of a whole number. */
export function figure(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}

export function render({ title, head, lines, notes = [] }: Table): string {
  const cells = lines.map((line) =>
    line.map((cell) => (typeof cell === 'number' ? figure(cell) : (cell ?? '–'))),
  );
  const widths = head.map((name, column) =>
    Math.max(name.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const isNumeric = head.map(
    (_, column) => column > 0 && lines.every((line) => typeof line[column] !== 'string'),
  );
  const row = (line: readonly string[]) =>
    line
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return ['', title, '', row(head), rule, ...cells.map(row), ...notes.map((note) => `  ${note}`), ''].join(
    '\n',
  );
}
