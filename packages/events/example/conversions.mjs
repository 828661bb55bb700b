// Prints every conversion of a lead, from the first one Kafka still has: node packages/events/example/conversions.mjs
import { consume, LeadConverted, on } from '@client-graph/events';

const conversions = consume({
  brokers: (process.env.KAFKA_BROKERS ?? 'localhost:9092').split(','),
  // Kafka remembers under this name how far the program has read: started again, it goes on there.
  groupId: 'example.conversions',
  subscriptions: [
    on(LeadConverted, ({ id, time, data }) => {
      // At least once: a program that counts or pays keeps `id` and skips one it has seen.
      console.log(`${time.toISOString()} ${id}: lead ${data.leadId} is client ${data.clientId}`);
    }),
  ],
  onUnreadable: (reason, place) => console.error(JSON.stringify(place), reason.message),
});

process.once('SIGINT', () => conversions.stop());
