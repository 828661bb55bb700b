import { pathToFileURL } from 'node:url';
import { type KeyService, keysInFile } from './keys.js';

/** `file:…` or `aws-kms:<key id or ARN>`, as in the environment. */
export async function openKeyService(address: string): Promise<KeyService> {
  const [, kind, rest = ''] = /^(file|aws-kms):(.+)$/.exec(address) ?? [];
  switch (kind) {
    case 'file':
      return keysInFile(rest.startsWith('//') ? new URL(address) : pathToFileURL(rest));
    case 'aws-kms': {
      const { keysInAwsKms } = await import('./keys-aws.js');
      return keysInAwsKms(rest);
    }
    default:
      throw new Error('MASTER_KEYS must be file:<path> or aws-kms:<key id or ARN>.');
  }
}
