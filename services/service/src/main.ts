import { parseEnv, startService } from '@client-graph/kit';
import { httpProvider, smtpProvider } from './communications/providers.js';
import { env as shape } from './env.js';
import { serviceWith } from './service.js';

const env = parseEnv(shape);
const providers = {
  ...(env.SMTP_URL && { EMAIL: smtpProvider({ url: env.SMTP_URL, from: env.MAIL_FROM }) }),
  ...(env.SMS_PROVIDER_URL && {
    SMS: httpProvider({ url: env.SMS_PROVIDER_URL, secret: env.SMS_PROVIDER_SECRET }),
  }),
  ...(env.WECHAT_PROVIDER_URL && {
    WECHAT: httpProvider({ url: env.WECHAT_PROVIDER_URL, secret: env.WECHAT_PROVIDER_SECRET }),
  }),
};
const receiptSecrets = {
  ...(env.EMAIL_RECEIPT_SECRET && { EMAIL: env.EMAIL_RECEIPT_SECRET }),
  ...(env.SMS_RECEIPT_SECRET && { SMS: env.SMS_RECEIPT_SECRET }),
  ...(env.WECHAT_RECEIPT_SECRET && { WECHAT: env.WECHAT_RECEIPT_SECRET }),
};
await startService(serviceWith(providers, receiptSecrets), env);
