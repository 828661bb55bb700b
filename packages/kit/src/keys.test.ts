import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openKeyService } from './key-service.js';
import { keysInFile, newKey, rotateKeyFile } from './keys.js';
import { keysInAwsKms } from './keys-aws.js';

describe('master keys in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  const file = pathToFileURL(join(folder, 'deep', 'master-keys.json'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the file is made once by whoever comes first, for its owner alone', async () => {
    const [one, two] = [keysInFile(file), keysInFile(file)];
    const key = newKey();
    const { masterKeyId, wrapped } = await one.wrap(key, 'here');
    expect(await two.unwrap(masterKeyId, wrapped, 'here')).toEqual(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a wrapped key opens in its own place only, and with its own master key only', async () => {
    const keys = keysInFile(file);
    const { masterKeyId, wrapped } = await keys.wrap(newKey(), 'here');
    await expect(keys.unwrap(masterKeyId, wrapped, 'there')).rejects.toThrow();
    await expect(keys.unwrap('unknown', wrapped, 'here')).rejects.toThrow('unknown is not here');
  });

  test('a rotation is seen without a restart, and what was wrapped before still opens', async () => {
    const keys = keysInFile(file);
    const key = newKey();
    const before = await keys.wrap(key, 'here');
    rotateKeyFile(file, '2027-01');
    expect(await keys.current()).toBe('2027-01');
    expect(await keys.unwrap(before.masterKeyId, before.wrapped, 'here')).toEqual(key);
    expect((await keys.wrap(key, 'here')).masterKeyId).toBe('2027-01');
    expect(() => rotateKeyFile(file, '2027-01')).toThrow('has a key 2027-01 already');
  });

  test.each(['{}', '{"current":"a","keys":{}}', '{"current":"a","keys":{"a":"c2hvcnQ="}}'])(
    'a file that says %s is refused with its name',
    async (text) => {
      const bad = pathToFileURL(join(folder, 'bad.json'));
      writeFileSync(bad, text);
      await expect(keysInFile(bad).current()).rejects.toThrow('bad.json is not a file of master keys');
    },
  );

  test('an address of no known kind is refused', async () => {
    await expect(openKeyService('vault:x')).rejects.toThrow('MASTER_KEYS must be');
    expect(await (await openKeyService(file.href)).current()).toBe('2027-01');
    expect(JSON.parse(readFileSync(file, 'utf8')).current).toBe('2027-01');
  });
});

describe('master keys in AWS KMS', () => {
  const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/0000';
  const asked: { target: string; signed: boolean }[] = [];
  let server: Server;
  /** What KMS does, as far as the adapter relies on it: the context must be the same, and only its own keys open. */
  const answer = (target: string, body: Record<string, unknown>): [number, object] => {
    switch (target) {
      case 'TrentService.DescribeKey':
        return [200, { KeyMetadata: { KeyId: '0000', Arn: ARN } }];
      case 'TrentService.Encrypt':
        return [200, { KeyId: ARN, CiphertextBlob: Buffer.from(JSON.stringify(body)).toString('base64') }];
      default: {
        const wrapped = JSON.parse(Buffer.from(String(body['CiphertextBlob']), 'base64').toString());
        const isSame =
          JSON.stringify(wrapped.EncryptionContext) === JSON.stringify(body['EncryptionContext']) &&
          wrapped.KeyId === body['KeyId'];
        return isSame
          ? [200, { KeyId: ARN, Plaintext: wrapped.Plaintext }]
          : [400, { __type: 'InvalidCiphertextException', message: null }];
      }
    }
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        const target = String(request.headers['x-amz-target']);
        asked.push({ target, signed: /^AWS4-HMAC-SHA256 /.test(request.headers.authorization ?? '') });
        const [status, body] = answer(target, JSON.parse(text));
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  test('wrap and unwrap by signed requests, bound to their context', async () => {
    const keys = keysInAwsKms('alias/client-graph', {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const key = newKey();
    const { masterKeyId, wrapped } = await keys.wrap(key, 'clients/data-key/1');
    expect(masterKeyId).toBe(ARN);
    expect(await keys.unwrap(masterKeyId, wrapped, 'clients/data-key/1')).toEqual(key);
    await expect(keys.unwrap(masterKeyId, wrapped, 'clients/data-key/2')).rejects.toThrow();
    expect(asked.every(({ signed }) => signed)).toBe(true);
    expect(asked.filter(({ target }) => target === 'TrentService.DescribeKey')).toHaveLength(1);
  });
});
