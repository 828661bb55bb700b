import { contracts } from '@client-graph/events';
import { expect, test } from '@jest/globals';
import { asyncApi } from './asyncapi.js';

test('every event is a message of its topic, with its payload and headers, and every reference leads somewhere', () => {
  const document = JSON.parse(JSON.stringify(asyncApi()));
  expect(document.asyncapi).toBe('3.0.0');
  for (const { topic, type, version } of contracts.values()) {
    const reference = document.channels[topic].messages[`${type}.v${version}`].$ref;
    const message = document.components.messages[reference.split('/').at(-1)];
    expect(message).toMatchObject({ name: type, payload: { type: 'object' } });
    expect(message.payload.additionalProperties).not.toBe(false);
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  for (const reference of references) {
    const [first = '', ...rest] = reference.split('/');
    const found = rest.length === 1 ? document[first][rest[0]!] : document[first][rest[0]!]?.[rest[1]!];
    expect([reference, found === undefined]).toEqual([reference, false]);
  }
});

test('the conversion of a lead is described with the shares of its sources', () => {
  const { payload } = asyncApi().components.messages['lead.converted.v1'] ?? {};
  expect(payload).toMatchObject({
    required: expect.arrayContaining(['leadId', 'clientId', 'firstTouch', 'lastTouch', 'daysToConvert']),
    properties: { attribution: { type: 'array' } },
  });
});
