import { InteractionLogged } from '@client-graph/events';
import { defineRefusals, refuse as refuseAny } from '@client-graph/kit/refusals';

export type InteractionChannel = keyof typeof CHANNEL_LABELS;
export type InteractionDirection = keyof typeof DIRECTION_LABELS;
export type InteractionConfidentiality = keyof typeof CONFIDENTIALITY_LABELS;
export type Labels = { EN: string; ZH_HANS: string; ZH_HANT: string };

export const CHANNEL_LABELS = {
  PHONE: { EN: 'Telephone', ZH_HANS: '电话', ZH_HANT: '電話' },
  FACE: { EN: 'Face to face', ZH_HANS: '面谈', ZH_HANT: '面談' },
  ONLINE: { EN: 'Online', ZH_HANS: '线上', ZH_HANT: '線上' },
  WECHAT: { EN: 'WeChat', ZH_HANS: '微信', ZH_HANT: '微信' },
} as const;

export const DIRECTION_LABELS = {
  INBOUND: { EN: 'From the client', ZH_HANS: '客户来访', ZH_HANT: '客戶來訪' },
  OUTBOUND: { EN: 'To the client', ZH_HANS: '主动联系', ZH_HANT: '主動聯繫' },
} as const;

export const CONFIDENTIALITY_LABELS = {
  NORMAL: { EN: 'Normal', ZH_HANS: '普通', ZH_HANT: '普通' },
  CONFIDENTIAL: { EN: 'Confidential', ZH_HANS: '机密', ZH_HANT: '機密' },
} as const;

/** A contact as it was written down; it is never changed. */
export type Interaction = {
  id: string;
  clientId: string;
  channel: InteractionChannel;
  direction: InteractionDirection;
  at: Date;
  subjectCode: string;
  /** Personal: in no event and no log. */
  summary: string;
  confidentiality: InteractionConfidentiality;
  answeredAfterSeconds: number | null;
  participants: Participant[];
  /** Where the recording is kept, as the recording system names it. */
  recordingReference: string | null;
  /** Whether the firm contacted the client while an order was to be thought over. */
  inCoolingOff: boolean;
  loggedBy: string;
  loggedAt: Date;
};

export type ParticipantRole = 'STAFF' | 'FAMILY' | 'REPRESENTATIVE' | 'OTHER';
/** Who took part beside the client and who wrote it down; a name is personal. */
export type Participant = { role: ParticipantRole; staffId: string | null; name: string | null };

export type InteractionSubject = { code: string; labels: Labels; position: number; isOffered: boolean };

const SUMMARY_CHARACTERS = { min: 1, max: 4_000 } as const;
const PARTICIPANTS_MAX = 10;
const WORDS_MAX = 200;
const ANSWER_SECONDS = { min: 0, max: 3_600 } as const;

export const refuse = defineRefusals({
  IN_THE_FUTURE: 'A contact is written down after it took place: `at` lies in the future.',
  UNKNOWN_SUBJECT: 'The subject is not one of those offered today: choose one of interactionSubjects.',
  SUMMARY_LENGTH: 'The summary needs at least one and at most 4,000 characters.',
  NOT_AN_INCOMING_CALL: 'Only a call that came in has a time to its answer.',
  PARTICIPANTS: 'At most ten take part: staff by their id, others by a name of 1 to 200 characters.',
  RECORDING_REFERENCE: 'The reference of a recording has 1 to 200 characters on one line.',
  ANSWER_TIME: 'The time to the answer is 0 to 3,600 seconds.',
});

/** A control character other than tab and line break is no writing, and Postgres takes no NUL. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what the rule looks for.
const UNREADABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Characters are code points, as Postgres counts them: a rare ideograph is one, not two. */
function checkedSummary(text: string): string {
  const summary = text.trim();
  const length = [...summary].length;
  if (length < SUMMARY_CHARACTERS.min || length > SUMMARY_CHARACTERS.max) {
    throw refuse('SUMMARY_LENGTH', { ...SUMMARY_CHARACTERS, length });
  }
  if (UNREADABLE.test(summary))
    throw refuseAny('BAD_INPUT', { field: 'summary', reason: 'CONTROL_CHARACTER' });
  return summary;
}

const isOneLine = (text: string): boolean =>
  text.length >= 1 && text.length <= WORDS_MAX && !UNREADABLE.test(text) && !/[\r\n]/.test(text);

function checkedParticipants(asked: readonly Participant[]): Participant[] {
  const found = asked.map(({ role, staffId, name }) => ({ role, staffId, name: name?.trim() ?? null }));
  const isFit = ({ role, staffId, name }: Participant) =>
    role === 'STAFF'
      ? staffId !== null && name === null
      : staffId === null && name !== null && isOneLine(name);
  if (found.length > PARTICIPANTS_MAX || !found.every(isFit))
    throw refuse('PARTICIPANTS', { max: PARTICIPANTS_MAX });
  return found;
}

function checkedRecording(reference: string | null): string | null {
  const trimmed = reference?.trim() ?? null;
  if (trimmed !== null && !isOneLine(trimmed)) throw refuse('RECORDING_REFERENCE', { max: WORDS_MAX });
  return trimmed;
}

/** Writes a contact down. `subject` is what today's table has under the code asked for, null when that is nothing. */
export function log(
  ask: Omit<Interaction, 'loggedBy' | 'loggedAt' | 'inCoolingOff'>,
  subject: InteractionSubject | null,
  by: { staffId: string; now: Date; coolingOffUntil: Date | null },
) {
  if (ask.at > by.now) throw refuse('IN_THE_FUTURE', { now: by.now.toISOString() });
  if (subject?.isOffered !== true) throw refuse('UNKNOWN_SUBJECT');
  const seconds = ask.answeredAfterSeconds;
  if (seconds !== null) {
    if (ask.channel !== 'PHONE' || ask.direction !== 'INBOUND') throw refuse('NOT_AN_INCOMING_CALL');
    if (seconds < ANSWER_SECONDS.min || seconds > ANSWER_SECONDS.max)
      throw refuse('ANSWER_TIME', { ...ANSWER_SECONDS });
  }
  const interaction: Interaction = {
    ...ask,
    subjectCode: subject.code,
    summary: checkedSummary(ask.summary),
    participants: checkedParticipants(ask.participants),
    recordingReference: checkedRecording(ask.recordingReference),
    inCoolingOff: ask.direction === 'OUTBOUND' && by.coolingOffUntil !== null && ask.at < by.coolingOffUntil,
    loggedBy: by.staffId,
    loggedAt: by.now,
  };
  const { id, clientId, channel, subjectCode } = interaction;
  return { interaction, events: [InteractionLogged({ clientId, interactionId: id, channel, subjectCode })] };
}

/** A confidential summary is for who wrote it and for those who oversee all clients; a later adviser sees that there was a contact. */
export const mayReadSummary = (
  interaction: Pick<Interaction, 'confidentiality' | 'loggedBy'>,
  reader: { id: string | null; overseesAll: boolean },
): boolean =>
  interaction.confidentiality === 'NORMAL' || reader.overseesAll || interaction.loggedBy === reader.id;
