import { createServer, type Server } from 'node:http';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

type Mail = { to: string; from: string; subject: string; text: string; at: Date };
type MailServer = { smtpUrl: string; close: () => Promise<void> };

const KEPT_MAX = 500;

/** A real SMTP server for one machine. It takes every message, keeps the latest few hundred in memory and shows them on a page. */
export async function startMail({
  smtpPort,
  pagePort,
  onMail,
}: {
  smtpPort: number;
  pagePort: number;
  /** Told of each message that was taken, by its Message-ID: the page keeps only the latest. */
  onMail?: (messageId: string) => void;
}): Promise<MailServer> {
  const kept: Mail[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      simpleParser(stream).then(
        ({ to, from, subject = '', text = '', messageId = '' }) => {
          kept.unshift({ to: addresses(to), from: addresses(from), subject, text, at: new Date() });
          kept.length = Math.min(kept.length, KEPT_MAX);
          onMail?.(messageId);
          done();
        },
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(smtpPort, '127.0.0.1', resolve);
  });
  const page = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(mailboxPage(kept));
  });
  await listening(page, pagePort);
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    close: async () => {
      page.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => page.close(() => resolve())),
      ]);
    },
  };
}

const listening = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

const addresses = (field: { text: string } | { text: string }[] | undefined): string =>
  [field ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const mailboxPage = (mails: readonly Mail[]): string => `<!doctype html>
<meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Mailbox</title>
<style>body{font:15px/1.5 system-ui;margin:2rem;max-width:60rem}details{border-top:1px solid #ccc;padding:.5rem 0}pre{white-space:pre-wrap}</style>
<h1>Mailbox</h1><p>${mails.length} of the latest ${KEPT_MAX} messages, the newest first.</p>
${mails.map(({ to, from, subject, text, at }) => `<details><summary><b>${escaped(subject)}</b> to ${escaped(to)}, ${at.toISOString()}</summary><p>From ${escaped(from)}</p><pre>${escaped(text)}</pre></details>`).join('\n')}
`;
