import { CLIENT_SECRET } from './oidc-adapter.js';
import { findPerson, PEOPLE } from './people.js';
import { Problem } from './problem.js';

/** Asks a running provider for a person's access token, the way any script does: client credentials over HTTP. */
export async function requestToken(issuer: string, personKey: string): Promise<string> {
  if (!findPerson(personKey)) {
    throw new Problem(
      `There is no one called \`${personKey}\`: ask for ${Object.keys(PEOPLE).join(', ')}, or \`client <uuid>\`.`,
    );
  }
  let response: Response;
  try {
    response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${personKey}:${CLIENT_SECRET}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  } catch {
    throw new Problem(
      `No OpenID provider answers at ${issuer}: run \`npm start\`, or set OIDC_ISSUER to one that does.`,
    );
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer)
    return String(answer.access_token);
  throw new Problem(`The OpenID provider at ${issuer} gave no token (HTTP ${response.status}).`);
}
