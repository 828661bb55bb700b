export * from './audit.js';
export * from './clients.js';
export * from './codes.js';
export { type ConsumeOptions, consume, keepConsuming, on, type Subscription } from './consume.js';
export {
  COMPACTED_TOPICS,
  contracts,
  type DataOf,
  deadTopic,
  defineEvent,
  type EventContract,
  type EventDefinition,
  type EventDraft,
  type Forgotten,
  type ReceivedEvent,
  TOPICS,
  type Topic,
} from './define.js';
export * from './governance.js';
export * from './loyalty.js';
export * from './marketing.js';
export * from './products.js';
export * from './risk.js';
export * from './service.js';
export * from './snapshot.js';
export { cloudEventHeaders, dataOf, readEvent, UnreadableMessage, type WireEvent } from './wire.js';
