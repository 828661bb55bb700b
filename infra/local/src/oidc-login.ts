import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { findPerson, PEOPLE } from './people.js';

export const LOGIN_PATH = '/login/';

/** The page where one chooses whom to be. There is no password: the people are made up. */
export async function handleLogin(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Refuses when the browser has no sign-in under way.
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return sendPage(response, 200);
  const form = new URLSearchParams(await readBody(request));
  const person = findPerson(form.get('person') ?? `client-${form.get('client')?.trim()}`);
  if (!person) return sendPage(response, 400, 'A client is named by its id, a UUID.');
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: person.sub } },
    { mergeWithLastSubmission: false },
  );
}

function sendPage(response: ServerResponse, status: number, problem = ''): void {
  const staff = Object.entries(PEOPLE).map(
    ([key, { name }]) => `<p><button name="person" value="${key}">${name}</button></p>`,
  );
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`<!doctype html>
<html lang="en">
<title>Sign in</title>
<style>body { font: 16px system-ui; max-width: 24rem; margin: 3rem auto } button { font: inherit; width: 100%; padding: .4rem }</style>
<h1>Who are you?</h1>
<p role="alert">${problem}</p>
<form method="post">${staff.join('')}</form>
<form method="post"><p><label>A client, by id <input name="client" required></label></p><p><button>Client</button></p></form>
</html>`);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > 10_000) throw new Error('The form is too long.');
  }
  return body;
}
