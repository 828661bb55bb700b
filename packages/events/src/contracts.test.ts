import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as events from './index.js';

const all = [...events.contracts.values()];

/** Every field that may travel in an event: ids, codes, bands, amounts, days. A new one is added here only when it is none of a person's own words or numbers. */
const ALLOWED = new Set([
  ...[
    'clientId',
    'adviserId',
    'originLeadId',
    'assessmentId',
    'reportId',
    'decisionId',
    'productId',
    'orderId',
    'interactionId',
  ],
  ...['entryId', 'lotIds', 'leadId', 'campaignId', 'referrerClientId'],
  ...[
    'kind',
    'class',
    'grade',
    'ageBand',
    'fullCivilCapacity',
    'institutionType',
    'from',
    'to',
    'reason',
    'changedFieldCodes',
    'version',
    'ruleVersion',
    'override',
  ],
  ...[
    'questionnaire',
    'attemptNo',
    'band',
    'gates',
    'reasonCodes',
    'outcome',
    'level',
    'lowestCategory',
    'validTo',
  ],
  ...[
    'productClass',
    'category',
    'rating',
    'result',
    'side',
    'amountMinor',
    'currency',
    'settledOn',
    'units',
    'valueBand',
    'fromProductId',
  ],
  ...['effectiveFrom', 'until', 'creditId', 'feeMinor', 'peakOn', 'asOf'],
  ...['channel', 'subjectCode', 'amount', 'rule', 'balance', 'availableOn', 'expiresOn'],
  ...['attendeeId', 'eventId', 'mode', 'attendedOn', 'ruleCode', 'year', 'surveyId', 'dueOn'],
  ...['creditId', 'redemptionId', 'points', 'debt', 'tier', 'changeId'],
  ...['adjustmentId', 'direction', 'pending', 'way', 'otherClientId'],
  ...['reviewId', 'assessorId', 'questionnaireId', 'audience', 'alertId', 'type', 'severity', 'dueAt'],
  ...[
    'complaintId',
    'dueOn',
    'onTime',
    'rootCause',
    'complexity',
    'survivorId',
    'rectificationId',
    'count',
    'communicationId',
    'templateId',
  ],
  ...['purpose', 'partner', 'action', 'textVersion', 'mergedId', 'stage'],
  ...['investor', 'isQualified', 'householdAdviserId', 'walledIds', 'isMarkedImportant'],
  ...['positions', 'shareBp', 'lossYearBp', 'redeemedBp'],
  ...['requestId', 'itemClasses', 'role', 'inspectionId', 'findingId', 'template', 'onTime', 'counts'],
  ...['pseudonym', 'assetsBand', 'status', 'contentHash'],
  ...['service', 'seq', 'hash', 'actorId', 'day', 'files', 'verdict', 'findings'],
  ...['consentOk', 'firstTouch', 'lastTouch', 'at', 'daysToConvert', 'budgetMinor'],
  ...['leads', 'converted', 'goalId', 'metric', 'target', 'reached', 'attribution', 'model', 'share'],
  ...['materialEventId', 'source', 'caseKind', 'planId', 'template', 'feedbackId', 'noticeId'],
]);

/** Formats that cannot hold a name, a number of a person or free words. */
const isClosed = (schema: Record<string, unknown>): boolean => {
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].every((option) => isClosed(option));
  if (schema['type'] === 'array') return isClosed(schema['items'] as Record<string, unknown>);
  if (schema['type'] === 'object')
    return Object.values(schema['properties'] as Record<string, Record<string, unknown>>).every(isClosed);
  // A claim that may be null has two types: boolean and null.
  const types = [schema['type']].flat().map(String);
  if (!types.includes('string'))
    return types.every((type) => ['integer', 'number', 'boolean', 'null'].includes(type));
  return 'enum' in schema || 'format' in schema || 'pattern' in schema;
};

const fieldsOf = (schema: Record<string, unknown>): string[] => {
  const properties = (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>;
  return Object.entries(properties).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
};

describe('every event', () => {
  test('is declared at least once, or this file tests nothing', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  test.each(all.map((contract) => [contract.type, contract] as const))(
    '%s carries only fields of the allow-list, none of them free text',
    (_, contract) => {
      const schema = z.toJSONSchema(contract.schema, { unrepresentable: 'throw' }) as Record<string, unknown>;
      expect(fieldsOf(schema).filter((field) => !ALLOWED.has(field))).toEqual([]);
      expect(isClosed(schema)).toBe(true);
    },
  );

  test.each(all.map((contract) => [contract.type, contract] as const))(
    '%s stands on a topic of a service, has its key among its fields and says what it means',
    (type, contract) => {
      expect(events.TOPICS).toContain(contract.topic);
      expect(Object.keys(contract.schema.shape)).toContain(contract.keyField);
      expect(contract.meaning).toMatch(/^[A-Z].*\.$/);
      expect(type).toMatch(/^[a-z]+(\.[a-z]+){1,2}$/);
    },
  );
});

describe('a payload', () => {
  const data = {
    leadId: '01920000-0000-7000-8000-000000000001',
    channel: 'OFFLINE' as const,
    campaignId: null,
    consentOk: true,
    reason: null,
  };

  test('with a field that the contract does not know is refused when it is stated', () => {
    expect(() => events.LeadCreated({ ...data, name: 'x' } as never)).toThrow(/name/);
  });

  test('of another version, or that does not fit, is unreadable, and the reason repeats no value', () => {
    const draft = events.LeadCreated(data);
    const headers = events.cloudEventHeaders({
      id: data.leadId,
      contract: draft.contract,
      source: '/marketing',
      key: draft.key,
      sequence: 1,
      time: new Date(0),
    });
    const read = (value: unknown, change = {}) =>
      events.dataOf(
        events.LeadCreated,
        events.readEvent('marketing.v1', {
          key: Buffer.from(draft.key),
          value: Buffer.from(JSON.stringify(value)),
          headers: { ...headers, ...change },
        }),
      );
    expect(read(data)).toEqual(data);
    expect(read({ ...data, addedLater: 1 })).toEqual(data);
    expect(() => read(data, { ce_dataschema: 'lead.created/v2' })).toThrow(/version 2/);
    expect(() => read({ ...data, channel: 'Zhang' })).toThrow(
      'lead.created does not fit its contract: channel.',
    );
  });
});
