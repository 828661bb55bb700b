// Six services of a made-up firm in one process, each on a port of its own. What a service has answered once it answers again from
// memory, so that its own work does not hide what a gateway costs. `node services.mjs PORT [DELAY_MS]`
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
const MONEY = 'type Money @shareable { amount: String! currency: String! }';
const KNOWN_MAX = 5_000;

const SDL = {
  clients: `type Query { client(id: ID!): Client clients(first: Int!, from: Int): [Client!]! }
    type Client @key(fields: "id") {
      id: ID! kind: String! class: String! grade: String status: String! onboardedAt: String individual: Person adviserId: ID version: Int! assets: Assets
    }
    type Person { name: String! dateOfBirth: String occupation: String mobile: String email: String address: String annualIncome: Money }
    type Assets { asOf: String! verifiedTotal: Money! }`,
  risk: `type Client @key(fields: "id") { id: ID! riskProfile: RiskProfile }
    type RiskProfile { level: String! levelLabel: String! lowestCategory: Boolean! validFrom: String! validTo: String! isValid: Boolean! reasons: [String!]! }`,
  products: `type Client @key(fields: "id") { id: ID! holdings: [Holding!] orders: [Order!] }
    type Holding { product: Product! units: String! lastNav: String value: Money! asOf: String! }
    type Order { id: ID! side: String! state: String! amount: Money! product: Product! submittedAt: String! }
    type Product @key(fields: "id") { id: ID! code: String! name: String! rating: String! }`,
  loyalty: `type Client @key(fields: "id") { id: ID! membership: Membership }
    type Membership { tier: String! tierLabel: String! balance: Int! pending: Int! lots: [Lot!]! }
    type Lot { points: Int! remaining: Int! state: String! availableOn: String! }
    type Product @key(fields: "id") { id: ID! points: Int! earnRule: String! }`,
  service: `type Client @key(fields: "id") { id: ID! interactions: [Interaction!] }
    type Interaction { id: ID! channel: String! at: String! summary: String }`,
  marketing: `type Client @key(fields: "id") { id: ID! originLead: Lead }
    type Lead { id: ID! source: String! campaign: String }`,
};

const DAY = '2026-02-13';
const cny = (amount) => ({ amount, currency: 'CNY' });

const client = (id) => ({
  __typename: 'Client',
  id: String(id),
  kind: 'INDIVIDUAL',
  class: 'ORDINARY',
  grade: 'BRONZE',
  status: 'ACTIVE',
  onboardedAt: `${DAY}T01:30:00.000Z`,
  adviserId: 'a1',
  version: 3,
  individual: {
    name: `Client ${id}`,
    dateOfBirth: '1990-01-02',
    occupation: 'ENGINEER',
    mobile: '+86 138 0000 0000',
    email: `c${id}@example.com`,
    address: 'Somewhere 1, Shanghai',
    annualIncome: cny('250000.00'),
  },
  assets: { asOf: DAY, verifiedTotal: cny('880000.00') },
});

const product = (id) => ({ id, code: `FUND-${id}`, name: `A steady fund ${id}`, rating: 'R2' });

const RESOLVERS = {
  clients: {
    Query: {
      client: (_, { id }) => client(id),
      clients: (_, { first, from = 0 }) => Array.from({ length: first }, (_, index) => client(from + index)),
    },
    Client: { __resolveReference: ({ id }) => client(id) },
  },
  risk: {
    Client: {
      __resolveReference: ({ id }) => ({
        id,
        riskProfile: {
          level: 'MEDIUM_LOW',
          levelLabel: 'Medium low',
          lowestCategory: false,
          validFrom: DAY,
          validTo: '2027-02-13',
          isValid: true,
          reasons: ['46 points', 'G1 fired', 'G4 fired'],
        },
      }),
    },
  },
  products: {
    Product: { __resolveReference: ({ id }) => product(id) },
    Client: {
      __resolveReference: ({ id }) => ({
        id,
        holdings: ['p1', 'p2', 'p3'].map((held) => ({
          product: product(held),
          units: '1000.0000',
          lastNav: '1.025',
          value: cny('1025.00'),
          asOf: DAY,
        })),
        orders: ['p1', 'p2'].map((bought) => ({
          id: `o-${bought}`,
          side: 'BUY',
          state: 'SETTLED',
          amount: cny('88000.00'),
          product: product(bought),
          submittedAt: `${DAY}T01:30:00.000Z`,
        })),
      }),
    },
  },
  loyalty: {
    Product: { __resolveReference: ({ id }) => ({ id, points: 88, earnRule: 'ONE_PER_THOUSAND' }) },
    Client: {
      __resolveReference: ({ id }) => ({
        id,
        membership: {
          tier: 'CLASSIC',
          tierLabel: 'Classic',
          balance: 0,
          pending: 88,
          lots: [{ points: 88, remaining: 88, state: 'PENDING', availableOn: '2026-03-15' }],
        },
      }),
    },
  },
};

RESOLVERS.service = {
  Client: {
    __resolveReference: ({ id }) => ({
      id,
      interactions: [1, 2].map((n) => ({
        id: `i-${id}-${n}`,
        channel: 'PHONE',
        at: DAY,
        summary: 'Asked about fees.',
      })),
    }),
  },
};
RESOLVERS.marketing = {
  Client: {
    __resolveReference: ({ id }) => ({
      id,
      originLead: { id: `l-${id}`, source: 'EVENT', campaign: 'Spring' },
    }),
  },
};

/** The same schema as gateways write it that know federation 1 only: one owner of each type, the others extend it. */
const federation1 = (name, sdl) =>
  `${sdl}${name === 'clients' || name === 'products' ? MONEY : ''}`
    .replace('type Query', 'extend type Query')
    .replace(' @shareable', '')
    .replace(/type (\w+) @key\(fields: "id"\) \{\s*id: ID!/g, (written, type) =>
      OWNERS[type] === name ? written : `extend type ${type} @key(fields: "id") { id: ID! @external`,
    );

const OWNERS = { Client: 'clients', Product: 'products' };

/** Name, address and schema of each service whose first port is `port`. */
export const servicesAt = (port) =>
  Object.entries(SDL).map(([name, sdl], index) => ({
    name,
    port: port + index,
    url: `http://127.0.0.1:${port + index}/graphql`,
    federation1: federation1(name, sdl),
    typeDefs: parse(`${LINK}${name === 'clients' || name === 'products' ? MONEY : ''}${sdl}`),
  }));

/** Serves a schema on a port. What it has answered once it answers again from memory, on bare sockets: it must not be what is measured. */
export function serve(schema, port, delayMs, execution = {}) {
  const known = new Map();
  const answerTo = async (body) => {
    const { query, variables } = JSON.parse(body);
    const text = JSON.stringify(
      await graphql({ schema, source: query, variableValues: variables, ...execution }),
    );
    const answer = Buffer.from(`${HEAD}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    if (known.size < KNOWN_MAX) known.set(body, answer);
    return answer;
  };
  createServer({ noDelay: true }, (socket) => {
    const send = (answer) => {
      if (delayMs > 0) setTimeout(() => socket.write(answer), delayMs);
      else socket.write(answer);
    };
    let rest = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const body = bodyIn(rest);
      if (body === undefined) return;
      rest = Buffer.alloc(0);
      const answer = known.get(body);
      if (answer === undefined) answerTo(body).then(send, () => socket.destroy());
      else send(answer);
    });
  }).listen(port, '127.0.0.1');
}

/** Longer than a gateway waits for its turn: not every one sends again what a closing connection has swallowed. */
const HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: keep-alive\r\nkeep-alive: timeout=600\r\n';

/** The body of a request that has arrived whole. No gateway sends a second one before the first is answered. */
function bodyIn(bytes) {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.latin1Slice(0, headEnd))?.[1];
  if (length === undefined) throw new Error('A gateway does not say how long its request is.');
  return bytes.length < headEnd + 4 + Number(length) ? undefined : bytes.utf8Slice(headEnd + 4);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port, delayMs = '0'] = process.argv.slice(2);
  for (const { name, port: own, typeDefs } of servicesAt(Number(port)))
    serve(buildSubgraphSchema({ typeDefs, resolvers: RESOLVERS[name] }), own, Number(delayMs));
}
