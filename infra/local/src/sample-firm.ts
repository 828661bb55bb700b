import { requestToken } from './token-request.js';

/** One call to the gateway, made as one of the sample people. */
type Operation = { as: string; query: string; variables: Record<string, unknown> };

const OPERATIONS: readonly Operation[] = [];

/** Fills a new installation with the sample firm, through the gateway as its people would. Loading it again changes nothing. */
export async function loadSampleFirm({
  gatewayUrl,
  issuer,
}: {
  gatewayUrl: string;
  issuer: string;
}): Promise<void> {
  for (const { as, query, variables } of OPERATIONS) {
    const token = await requestToken(issuer, as);
    const response = await fetch(gatewayUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const answer = await response.text();
    if (!response.ok || answer.includes('"errors"'))
      throw new Error(`The sample firm could not be loaded: ${answer}`);
  }
}
