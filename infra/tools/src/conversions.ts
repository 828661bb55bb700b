import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { KafkaProblem, openKafka } from './kafka.js';
import { fileTarget } from './sink/file-target.js';
import { type Point, runSink } from './sink/sink.js';
import { SinkProblem } from './sink/sink-problem.js';
import { StateFolder } from './sink/state.js';
import type { Target } from './sink/target.js';
import { webhookTarget } from './sink/webhook-target.js';

const HELP = `npm run conversions -- (--jsonl FILE | --csv FILE | --webhook URL) --state FOLDER [--from POINT] [--replay] [--once]

  --jsonl FILE    adds each conversion to FILE as one JSON object a line, each line once
  --csv FILE      adds each conversion to FILE as CSV with a header
  --webhook URL   posts each conversion to URL, signed with WEBHOOK_SECRET (32 characters or more), again until it is taken
  --state FOLDER  where the position is remembered: started again, it goes on there
  --from POINT    where to begin: beginning, end, an instant (2026-03-01T00:00:00Z) or offsets (0:120,3:55); beginning when left out
  --replay        begins anew at POINT, whatever was delivered before
  --once          ends when all is delivered that is there now

KAFKA_BROKERS names the brokers; localhost:9092 when not set. What a receiver refuses for good is kept in FOLDER/refused.jsonl.
`;

const say = (line: string) => void process.stderr.write(`${line}\n`);
const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

function pointOf(text: string): Point {
  if (text === 'beginning') return { at: 'BEGINNING' };
  if (text === 'end') return { at: 'END' };
  if (/^\d+:\d+(,\d+:\d+)*$/.test(text))
    return { at: 'OFFSETS', offsets: Object.fromEntries(text.split(',').map((each) => each.split(':'))) };
  const time = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(time.getTime()))
    throw new SinkProblem(`${text} is no point to begin at.\n\n${HELP}`);
  return { at: 'TIME', time };
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        jsonl: { type: 'string' },
        csv: { type: 'string' },
        webhook: { type: 'string' },
        state: { type: 'string' },
        from: { type: 'string' },
        replay: { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new SinkProblem(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function targetOf(values: ReturnType<typeof readArguments>, signal: AbortSignal): Target {
  const { jsonl, csv, webhook } = values;
  if ([jsonl, csv, webhook].filter((each) => each !== undefined).length !== 1)
    throw new SinkProblem(`Name one target: --jsonl, --csv or --webhook.\n\n${HELP}`);
  if (jsonl !== undefined) return fileTarget(fromCaller(jsonl), 'jsonl');
  if (csv !== undefined) return fileTarget(fromCaller(csv), 'csv');
  const secret = process.env['WEBHOOK_SECRET'] ?? '';
  if (secret.length < 32) throw new SinkProblem('WEBHOOK_SECRET needs 32 characters or more.');
  if (webhook === undefined || !/^https?:\/\//.test(webhook) || !URL.canParse(webhook))
    throw new SinkProblem(`${webhook} is no address.`);
  const onRetry = (reason: string, pauseMs: number) => say(`${reason}: again in ${Math.round(pauseMs)} ms`);
  return webhookTarget({ url: webhook, secret, signal, onRetry });
}

async function run(): Promise<void> {
  const values = readArguments();
  if (values.state === undefined)
    throw new SinkProblem(`Name a folder for the position: --state FOLDER.\n\n${HELP}`);
  const stopping = new AbortController();
  const target = targetOf(values, stopping.signal);
  const folder = new StateFolder(fromCaller(values.state));
  folder.take();
  try {
    if (values.from !== undefined && !values.replay && folder.read() !== null)
      throw new SinkProblem(
        `${folder.path} says where to go on; to begin at --from all the same, add --replay.`,
      );
    const { kafka, admin } = await openKafka(process.env['KAFKA_BROKERS'] ?? 'localhost:9092');
    try {
      const point = pointOf(values.from ?? 'beginning');
      const options = {
        kafka,
        admin,
        folder,
        target,
        point,
        isReplay: values.replay,
        isOnce: values.once,
        say,
      };
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
      const sink = await runSink(options);
      const stopped = new Promise<void>((resolve) =>
        stopping.signal.addEventListener('abort', () => resolve()),
      );
      if (!stopping.signal.aborted) await Promise.race([sink.ended, stopped]);
      await sink.stop();
      const count = await sink.ended;
      say(`${count.toLocaleString('en')} conversions delivered`);
    } finally {
      await admin.disconnect();
    }
  } finally {
    folder.release();
  }
}

try {
  await run();
} catch (error) {
  const isKafkas = error instanceof Error && error.name.startsWith('KafkaJS');
  if (!(error instanceof SinkProblem || error instanceof KafkaProblem) && !isKafkas) throw error;
  process.stderr.write(`${isKafkas ? `Kafka: ${error.message}` : error.message.trimEnd()}\n`);
  process.exitCode = 1;
}
// A connection that was being made when the sink stopped would keep the process waiting.
process.exit();
