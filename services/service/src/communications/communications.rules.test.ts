import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import { checkedAddress, settle } from './communications.rules.js';
import { handoverOf } from './providers.js';

const id = '01900000-0000-7000-8000-000000000001';
const aMessage = {
  id,
  clientId: id,
  kind: 'CARE',
  channel: 'EMAIL',
  templateId: id,
  state: 'SENDING',
  attempts: 1,
} as const;
const now = new Date('2026-03-02T04:00:00.000Z');
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};

describe('an address', () => {
  test.each([
    ['EMAIL', 'a.b+c@mail.example.com', 'done'],
    ['EMAIL', 'a@b.example\r\nBcc: x@y.example', 'BAD_ADDRESS'],
    ['EMAIL', 'a@b.example\n', 'BAD_ADDRESS'],
    ['EMAIL', 'a b@c.example', 'BAD_ADDRESS'],
    ['EMAIL', 'a@b', 'BAD_ADDRESS'],
    ['EMAIL', 'a@b.example, c@d.example', 'BAD_ADDRESS'],
    ['SMS', '+8613800000001', 'done'],
    ['SMS', '13x', 'BAD_ADDRESS'],
    ['WECHAT', 'wx_123456', 'done'],
    ['WECHAT', '微信', 'BAD_ADDRESS'],
    ['EMAIL', 'a..b@example.com', 'BAD_ADDRESS'],
    ['EMAIL', '.a@example.com', 'BAD_ADDRESS'],
    ['EMAIL', 'a.@example.com', 'BAD_ADDRESS'],
    ['EMAIL', 'a@-example.com', 'BAD_ADDRESS'],
    ['EMAIL', 'a.b-c@mail.example.com', 'done'],
  ] as const)('of %s, %j: %s', (channel, address, code) => {
    expect(codeOf(() => checkedAddress(channel, address))).toBe(code);
  });
});

describe('what a failure of SMTP means', () => {
  test.each([
    [{ code: 'ESOCKET', command: 'CONN' }, 'NOT_TAKEN'],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, 'NOT_TAKEN'],
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 450 }, 'NOT_TAKEN'],
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 }, 'REFUSED'],
    [{ code: 'EMESSAGE', command: 'DATA', responseCode: 451 }, 'NOT_TAKEN'],
    [{ code: 'EMESSAGE', command: 'DATA', responseCode: 554 }, 'REFUSED'],
    [{ code: 'ECONNECTION', command: 'DATA' }, 'UNKNOWN'],
    [{ code: 'ETIMEDOUT' }, 'UNKNOWN'],
    // A wrong password, or a server that has shut us out: no message has failed by it.
    [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, 'NOT_TAKEN'],
    [{ code: 'EPROTOCOL', command: 'CONN', responseCode: 554 }, 'NOT_TAKEN'],
    ['a word', 'UNKNOWN'],
  ])('%j: %s', (error, outcome) => {
    expect(handoverOf(error).outcome).toBe(outcome);
  });
});

describe('what comes of sending', () => {
  test.each([
    [{ outcome: 'TAKEN' }, 'SENT', 'communication.sent'],
    [{ outcome: 'REFUSED', reason: 'SMTP_550' }, 'BOUNCED', 'communication.bounced'],
    [{ outcome: 'UNKNOWN', reason: 'INTERRUPTED' }, 'UNCERTAIN', 'communication.bounced'],
    [{ outcome: 'NOT_TAKEN', reason: 'ESOCKET' }, 'QUEUED', undefined],
  ] as const)('%j: %s', (handover, state, event) => {
    const { changes, events } = settle(aMessage, handover, now);
    expect([changes.state, events[0]?.contract.type]).toEqual([state, event]);
  });
  test.each([
    [1, 1],
    [2, 5],
    [7, 240],
    [20, 240],
  ])('not taken the %s. time, it is tried again after %s minutes', (attempts, minutes) => {
    const { changes } = settle({ ...aMessage, attempts }, { outcome: 'NOT_TAKEN', reason: 'ESOCKET' }, now);
    expect(changes).toMatchObject({ notBefore: new Date(now.getTime() + minutes * 60_000) });
  });
  test('not taken thirty times it is given up', () => {
    const { changes } = settle(
      { ...aMessage, attempts: 30 },
      { outcome: 'NOT_TAKEN', reason: 'ESOCKET' },
      now,
    );
    expect(changes.state).toBe('BOUNCED');
  });
});
