import { defineRefusals } from '@client-graph/kit/refusals';

export const refuse = defineRefusals({
  BAD_MOBILE:
    'A mobile is a Chinese mobile number of 11 digits, or any number in international form beginning with +.',
  BAD_EMAIL: 'An e-mail address has the form name@domain, in one line.',
  BAD_USCC: 'A unified social credit code has 18 digits and capital letters, without I, O, S, V and Z.',
  NOT_A_COMPANY: 'A unified social credit code belongs to a company.',
  BAD_CONSENT:
    'Consent needs at least one channel, the version of its text as a code, and a reference of the evidence of 1 to 200 characters.',
  BAD_NOTE: 'A note has 1 to 2,000 characters, without control characters other than line breaks.',
  NO_CONTACT_DETAILS: 'Give a mobile or an e-mail.',
  NO_CHANNEL: 'Give the channel and the medium, or a campaign that has them.',
  CAMPAIGN_UNKNOWN: 'There is no such campaign.',
  REFERRER_UNKNOWN: 'The referring client is not known here.',
  REFERRAL_TO_ONESELF: 'Nobody recommends the firm to themself.',
  PARTNER_UNKNOWN: 'There is no such partner.',
  NO_AGREEMENT: 'The agreement with the partner was not in force when the lead was captured.',
  NO_SHARING_CONSENT:
    'A lead from a partner needs the consent of the person to the sharing, by the text version of that partner, with its evidence.',
  DUPLICATE_LEAD: 'A lead with this mobile, e-mail or code exists: work that one, or take it up again.',
  NO_CONSENT: 'The person has not agreed to be contacted on this channel.',
  WRONG_STAGE: 'The stage of the lead does not allow this.',
  IMPORTED_LEAD: 'An imported lead is history and is not worked.',
  IN_FUTURE: 'This instant has not come yet.',
  TIME_BACKWARDS: 'This instant lies before the last move or touch of the lead.',
  TOO_FEW_ATTEMPTS:
    'A lead is lost for NO_ANSWER after attempts on three different days: try again, or give another reason.',
  NOTHING_TO_WITHDRAW: 'The person has not agreed to any of these channels.',
});
