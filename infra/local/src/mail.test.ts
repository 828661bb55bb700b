import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startMail } from './mail.js';
import { freePorts } from './ports.js';

let mail: Awaited<ReturnType<typeof startMail>>;
let ports: number[];
beforeAll(async () => {
  ports = await freePorts(2);
  mail = await startMail({ smtpPort: ports[0]!, pagePort: ports[1]! });
});
afterAll(() => mail.close());

/** Speaks SMTP line by line, each after the answer to the one before. */
const deliver = (lines: string[]) =>
  new Promise<void>((resolve, reject) => {
    const socket = connect(ports[0]!, '127.0.0.1');
    const left = [...lines];
    socket.on('data', () => {
      const line = left.shift();
      if (line === undefined) socket.end();
      else socket.write(`${line}\r\n`);
    });
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });

test('a message that was sent can be read on the page, with its markup as text', async () => {
  const subject = `=?UTF-8?B?${Buffer.from('祝您生日快樂').toString('base64')}?=`;
  const body = `From: a@b.example\r\nTo: c@d.example\r\nSubject: ${subject}\r\n\r\n<b>hello</b>\r\n.`;
  await deliver(['EHLO test', 'MAIL FROM:<a@b.example>', 'RCPT TO:<c@d.example>', 'DATA', body, 'QUIT']);
  const page = await (await fetch(`http://127.0.0.1:${ports[1]}/`)).text();
  expect(page).toContain('祝您生日快樂');
  expect(page).toContain('&#60;b&#62;hello');
  expect(page).not.toContain('<b>hello');
});
