import { parseArgs } from 'node:util';
import { Problem } from '@client-graph/local';

const BENCHES = ['page', 'list', 'delay', 'relay'] as const;
type Bench = (typeof BENCHES)[number];

export type Options = {
  /** How many clients there are when queries are measured, ascending. */
  clients: number[];
  /** How long each thing is measured. */
  seconds: number;
  /** Requests under way at once. */
  connections: number;
  only: readonly Bench[];
  /** Where the figures go as JSON. */
  json: string | undefined;
};

export const USAGE = `npm run bench -- [options]
  --clients 10000,100000   sizes of the firm at which queries are measured
  --seconds 10             how long each thing is measured; relay sends 5,000 events for each of them
  --connections 20         requests under way at once
  --only page,list,delay,relay
  --json FILE              writes the figures to a file too
npm run bench -- book [--clients 10000,1000000]
                         search, lists and previews of the clients service, and how soon a withdrawn consent counts
npm run bench -- sheets [--sheets 2000]   questionnaires scored in a second
npm run bench -- orders [--orders 5000]   purchases held against the rules, and orders settled, in a second
npm run bench -- points [--purchases 30000] [--history FILE]
                         a history of purchases (customer, day, amount) through the ledger of points; generated where no file is named
npm run bench -- protection [--clients 2000] [--pages 400]
                         the client page with and without encryption and the log of access
npm run bench -- leads [1000000]      rows of past campaigns imported in a second, and the funnel over them
npm run bench -- campaign [100000]    a mailing over SMTP whose sender is killed twice: who got what
npm run bench -- gateway --help   the gateway beside others, over services that answer from memory`;

/** Throws a Problem that names the option and says what it takes. */
export function readOptions(args: string[]): Options {
  const { clients, seconds, connections, only, json } = parse(args);
  const sizes = clients.split(',').map((size) => whole('--clients', size, 1_000_000));
  if (sizes.some((size, index) => size <= (sizes[index - 1] ?? 0)))
    throw new Problem(`--clients ${clients} must rise from size to size: the firm only grows.`);
  return {
    clients: sizes,
    seconds: whole('--seconds', seconds, 600),
    connections: whole('--connections', connections, 500),
    only: only.split(',').map(benchOf),
    json,
  };
}

function parse(args: string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const options = {
    clients: text('10000,100000'),
    seconds: text('10'),
    connections: text('20'),
    only: text(BENCHES.join()),
    json: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

/** A whole number of an option, or a Problem that names it. */
export function whole(option: string, text: string, max: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > max)
    throw new Problem(`${option} ${text} is not a whole number from 1 to ${max}.`);
  return number;
}

function benchOf(name: string): Bench {
  const found = BENCHES.find((bench) => bench === name);
  if (found === undefined) throw new Problem(`--only knows ${BENCHES.join(', ')}, and not ${name}.`);
  return found;
}
