import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditSealed, dataOf, keepConsuming, readEvent } from '@client-graph/events';
import type { Kafka } from 'kafkajs';
import { sealAudit } from './audit.js';
import { asService, type Db } from './db.js';
import type { Log } from './log.js';

const POLL_MS = 1_000;
const STOP_MS = 4_000;

type Options = { db: Db; kafka: Kafka; log: Log };

/** Seals the audit log as it grows, and listens to which heads of it the world was told. */
export function startAudit({ db, kafka, log }: Options): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const sealing = (async () => {
    while (!stopping.signal.aborted) {
      const sealed = await sealAudit(asService(db)).catch((error: unknown) => {
        log.warn({ err: error }, 'the audit log could not be sealed');
        return 0;
      });
      if (sealed === 0) await delay(POLL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  const listening = keepConsuming({
    kafka,
    // A group of its own: every process hears every head, from the first on.
    group: { groupId: `client-graph.${db.service}.anchors.${randomUUID()}` },
    topics: ['audit.v1'],
    fromBeginning: true,
    run: {
      autoCommit: false,
      eachMessage: async ({ topic, message }) => {
        const event = readEvent(topic, message);
        if (event.type !== AuditSealed.type || event.source !== `/${db.service}`) return;
        const { seq, hash } = dataOf(AuditSealed, event);
        db.anchors.add(seq, hash);
      },
    },
    onRestart: (error) => log.warn({ err: error }, 'the heads of the audit log are listened to again'),
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([
        listening.stop(),
        Promise.race([sealing, delay(STOP_MS, undefined, { ref: false })]),
      ]);
    },
  };
}
