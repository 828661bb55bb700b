import { parseArgs } from 'node:util';
import { TOPICS } from '@client-graph/events';
import { asyncApi } from './asyncapi.js';
import { listDead, resendDead } from './dead-letters.js';
import { tailEvents } from './event-lines.js';
import { KafkaProblem, openKafka, topicsMeant } from './kafka.js';

const HELP = `npm run events -- COMMAND

  tail [--topic T]... [--from-beginning]        prints each event as one line: time, topic, type, key, sequence, data
  dead [--topic T]...                           lists dead letters: position, time, type, key, consumer, reason
  resend --all [--topic T]...                   sends those not sent yet to the topic they came from
  resend --topic T --position PARTITION:OFFSET  sends this one
  asyncapi                                      prints the contract of every event, AsyncAPI 3.0

Topics: ${TOPICS.join(' ')}
KAFKA_BROKERS names the brokers; localhost:9092 when not set.
`;

const say = (line: string) => process.stdout.write(`${line}\n`);

// `npm run events -- tail | head` closes the pipe: that is an end, not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        topic: { type: 'string', multiple: true, default: [] },
        position: { type: 'string' },
        all: { type: 'boolean', default: false },
        'from-beginning': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new KafkaProblem(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

async function run(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, ...rest] = positionals;
  if (command === 'asyncapi' && rest.length === 0) {
    say(JSON.stringify(asyncApi(), null, 2));
    return;
  }
  if (command === undefined || !['tail', 'dead', 'resend'].includes(command) || rest.length > 0) {
    throw new KafkaProblem(HELP);
  }
  const topics = topicsMeant(values.topic);
  const position = values.position ?? null;
  if (command === 'resend' && (position === null) !== values.all) {
    throw new KafkaProblem('Say which: resend --all, or resend --topic T --position PARTITION:OFFSET.');
  }
  if (position !== null && topics.length !== 1)
    throw new KafkaProblem('A position is one of a topic: add --topic T.');

  const session = await openKafka(process.env['KAFKA_BROKERS'] ?? 'localhost:9092');
  try {
    if (command === 'tail') {
      const tail = tailEvents(session, { topics, fromBeginning: values['from-beginning'], each: say });
      await new Promise<void>((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
      await tail.stop();
    } else if (command === 'dead') {
      await listDead(session, topics, (letter) => {
        const { at, type, key, consumer, reason, isResent } = letter;
        say(
          [letter.position, at, type, key, consumer, isResent ? `sent again, was: ${reason}` : reason].join(
            '  ',
          ),
        );
      });
    } else {
      const count = await resendDead(session, { topics, position }, say);
      if (count === 0)
        say(position === null ? 'No dead letter waits.' : 'This letter was sent again before.');
    }
  } finally {
    await session.admin.disconnect();
  }
}

try {
  await run();
} catch (error) {
  const isKafkas = error instanceof Error && error.name.startsWith('KafkaJS');
  if (!(error instanceof KafkaProblem) && !isKafkas) throw error;
  process.stderr.write(`${isKafkas ? `Kafka: ${error.message}` : error.message.trimEnd()}\n`);
  process.exitCode = 1;
}
