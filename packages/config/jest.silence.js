// A test that prints fails: output nobody asked for hides the output that matters.
const printed = [];
for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'])
  console[method] = (...args) => {
    printed.push(
      `console.${method}: ${args.map((arg) => (arg instanceof Error ? arg.stack : String(arg))).join(' ')}`,
    );
  };

function failIfPrinted() {
  if (printed.length > 0) throw new Error(`The console was written to:\n${printed.splice(0).join('\n')}`);
}
afterEach(failIfPrinted);
afterAll(failIfPrinted);
