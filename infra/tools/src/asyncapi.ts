import { contracts, type EventContract, TOPICS } from '@client-graph/events';
import { z } from 'zod';

const HEADERS = {
  type: 'object',
  required: [
    'ce_specversion',
    'ce_id',
    'ce_type',
    'ce_source',
    'ce_subject',
    'ce_time',
    'ce_dataschema',
    'ce_sequence',
  ],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: {
      type: 'string',
      format: 'uuid',
      description: 'The same id is the same event, however often it is delivered.',
    },
    ce_type: { type: 'string', description: 'The business fact in past tense.' },
    ce_source: { type: 'string', description: 'The service that states it: /marketing.' },
    ce_subject: { type: 'string', description: 'The key: events of one key come in order.' },
    ce_time: { type: 'string', format: 'date-time', description: 'When it happened.' },
    ce_dataschema: { type: 'string', description: 'Type and version of the payload: lead.converted/v1.' },
    ce_sequence: {
      type: 'string',
      pattern: '^\\d+$',
      description: 'Counts 1, 2, 3 per source and key; a gap means a missing event.',
    },
    traceparent: { type: 'string', description: 'W3C trace context.' },
    ce_actorrole: { type: 'string', description: 'The role of whoever caused it.' },
  },
} as const;

const keyOf = ({ type, version }: EventContract): string => `${type}.v${version}`;

const messageOf = (contract: EventContract) => ({
  name: contract.type,
  title: contract.meaning,
  contentType: 'application/json',
  headers: { $ref: '#/components/schemas/CloudEventHeaders' },
  // A later release may add fields, so a consumer must not refuse what it does not know.
  payload: z.toJSONSchema(z.looseObject(contract.schema.shape)),
  bindings: { kafka: { key: { type: 'string', description: `data.${contract.keyField}` } } },
});

/** Every topic and event of the graph as an AsyncAPI 3.0 document, made from the contracts themselves. */
export function asyncApi() {
  const all = [...contracts.values()];
  const used = [...new Set([...TOPICS, ...all.map(({ topic }) => topic)])].filter((topic) =>
    all.some((contract) => contract.topic === topic),
  );
  const ofTopic = (topic: string) => all.filter((contract) => contract.topic === topic);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Client Graph events',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in Kafka binary mode: attributes in headers, JSON as the value. At least once, in order per key. No names, numbers, addresses or words of a person.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      used.map((topic) => [
        topic,
        {
          address: topic,
          messages: Object.fromEntries(
            ofTopic(topic).map((contract) => [
              keyOf(contract),
              { $ref: `#/components/messages/${keyOf(contract)}` },
            ]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      used.map((topic) => [
        `receive ${topic}`,
        {
          action: 'receive',
          channel: { $ref: `#/channels/${topic}` },
          summary: `Read the events of ${topic}.`,
        },
      ]),
    ),
    components: {
      schemas: { CloudEventHeaders: HEADERS },
      messages: Object.fromEntries(all.map((contract) => [keyOf(contract), messageOf(contract)])),
    },
  };
}
