import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
  type KMSClientConfig,
} from '@aws-sdk/client-kms';
import type { KeyService } from './keys.js';

/**
 * Master keys in AWS KMS. Region and credentials come from where AWS's own tools take them (environment, role of the pod or the
 * machine). A key that AWS itself rotates needs nothing here; another key is a rotation: data keys are wrapped anew as they are used.
 */
export function keysInAwsKms(keyId: string, config: KMSClientConfig = {}): KeyService {
  const client = new KMSClient({ maxAttempts: 3, ...config });
  const contextOf = (context: string) => ({ 'client-graph': context });
  let arn: Promise<string> | undefined;
  const current = () => {
    arn ??= client.send(new DescribeKeyCommand({ KeyId: keyId })).then(({ KeyMetadata }) => {
      if (KeyMetadata?.Arn === undefined) throw new Error('AWS KMS does not describe the master key.');
      return KeyMetadata.Arn;
    });
    arn.catch(() => {
      arn = undefined;
    });
    return arn;
  };
  return {
    current,
    wrap: async (dataKey, context) => {
      const masterKeyId = await current();
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({ KeyId: masterKeyId, Plaintext: dataKey, EncryptionContext: contextOf(context) }),
      );
      if (CiphertextBlob === undefined) throw new Error('AWS KMS has wrapped nothing.');
      return { masterKeyId, wrapped: Buffer.from(CiphertextBlob) };
    },
    unwrap: async (masterKeyId, wrapped, context) => {
      const { Plaintext } = await client.send(
        new DecryptCommand({
          KeyId: masterKeyId,
          CiphertextBlob: wrapped,
          EncryptionContext: contextOf(context),
        }),
      );
      if (Plaintext === undefined) throw new Error('AWS KMS has unwrapped nothing.');
      return Buffer.from(Plaintext);
    },
  };
}
