import { z } from 'zod';
import {
  AgeBand,
  ClientClass,
  ClientGrade,
  ClientKind,
  ClientStatus,
  MembershipTier,
  RiskLevel,
} from './codes.js';
import { defineEvent, type EventContract, type Forgotten } from './define.js';

/** Bands of what a client has, in the currency of the firm's tables; the first amount of each. */
export const AssetsBand = z.enum(['UNDER_500K', 'FROM_500K', 'FROM_3M', 'FROM_6M', 'FROM_30M']);

export const ClientSnapshot = defineEvent({
  topic: 'client.snapshot.v1',
  type: 'client.snapshot',
  version: 1,
  meaning:
    'What is so of a client now, in codes and bands under a pseudonym. The topic keeps the last one of each; a message without a value says that the pseudonym is to be forgotten.',
  key: 'pseudonym',
  data: z.object({
    /** The same for the same client, and known to the clients service only. */
    pseudonym: z.string().regex(/^[\w-]{43}$/),
    kind: ClientKind,
    class: ClientClass,
    grade: ClientGrade,
    status: ClientStatus,
    /** Null without a valid assessment. */
    level: RiskLevel.nullable(),
    /** Null for who is no member. */
    tier: MembershipTier.nullable(),
    /** Null for institutions. */
    ageBand: AgeBand.nullable(),
    /** Null when nothing is on file. */
    assetsBand: AssetsBand.nullable(),
  }),
});

/** Says that a key of a compacted topic is to be forgotten: a message without a value. */
export const forgotten = (contract: EventContract, key: string): Forgotten => ({
  contract,
  key,
  data: null,
});
