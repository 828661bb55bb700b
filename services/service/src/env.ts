import { serviceEnv } from '@client-graph/kit';
import { z } from 'zod';

/** A channel without a provider sends nothing: its messages wait. */
export const env = serviceEnv.extend({
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().default('Client service <service@client-graph.example>'),
  SMS_PROVIDER_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Signs what is posted to the provider; without it posts are unsigned. */
  SMS_PROVIDER_SECRET: z.string().min(16).optional(),
  WECHAT_PROVIDER_URL: z.url({ protocol: /^https?$/ }).optional(),
  WECHAT_PROVIDER_SECRET: z.string().min(16).optional(),
  /** What a provider signs its reports with; without it none are taken for the channel. */
  EMAIL_RECEIPT_SECRET: z.string().min(16).optional(),
  SMS_RECEIPT_SECRET: z.string().min(16).optional(),
  WECHAT_RECEIPT_SECRET: z.string().min(16).optional(),
});
