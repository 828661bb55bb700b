import { parseEnv, startService } from '@client-graph/kit';
import { httpProvider, smtpProvider } from './communications/providers.js';
import { env as shape } from './env.js';
import { serviceWith } from './service.js';

const env = parseEnv(shape);
await startService(
  serviceWith({
    ...(env.SMTP_URL && { EMAIL: smtpProvider({ url: env.SMTP_URL, from: env.MAIL_FROM }) }),
    ...(env.SMS_PROVIDER_URL && {
      SMS: httpProvider({ url: env.SMS_PROVIDER_URL, secret: env.SMS_PROVIDER_SECRET }),
    }),
    ...(env.WECHAT_PROVIDER_URL && {
      WECHAT: httpProvider({ url: env.WECHAT_PROVIDER_URL, secret: env.WECHAT_PROVIDER_SECRET }),
    }),
  }),
  env,
);
