import { PEOPLE } from './people.js';
import type { Stack } from './stack.js';

/** Three things to ask the graph, each as someone who may. */
const QUERIES = [
  {
    as: 'adviser',
    ask: 'own clients, with what four services know of them',
    query:
      '{ clients(first: 3) { nodes { id individual { name } grade gradeReasons riskProfile { level } membership { tier balance } } } }',
  },
  {
    as: 'client <client id>',
    ask: 'a client: what suits them (none before the questionnaire is answered)',
    query:
      '{ me { grade riskProfile { level validTo } eligibleProducts(first: 5) { nodes { code name rating } } } }',
  },
  {
    as: 'marketing',
    ask: 'the funnel by channel',
    query: '{ leadFunnel(by: CHANNEL) { key leads contacted converted conversionRate } }',
  },
] as const;

/** What to do with a stack that has just started. */
export function welcome({ gatewayUrl, issuer, brokers, databaseUrl, ports }: Stack): string {
  const graph = gatewayUrl.replace(/graphql$/, '');
  const curl = ({ as, ask, query }: (typeof QUERIES)[number]) => `  # ${ask}
  curl -s ${gatewayUrl} -H "authorization: Bearer $(npm run -s token -- ${as})" \\
    -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`;
  return `
  GraphQL      ${gatewayUrl}   (GraphiQL in the browser: ${graph})
  OpenID       ${issuer}
  Kafka        ${brokers}
  Mailbox      http://127.0.0.1:${ports.mailbox}   (what the services have sent by e-mail)
  PostgreSQL   ${databaseUrl('clients')}   (and so on for each service)
  Services     ports ${ports.clients} to ${ports.marketing}

A token for each role:
${Object.keys(PEOPLE)
  .map((key) => `  npm run -s token -- ${key}`)
  .join('\n')}
  npm run -s token -- client <client id>

Three queries to try:
${QUERIES.map(curl).join('\n')}

Ctrl-C stops everything; the data stays in .local/ for the next start.
`;
}
