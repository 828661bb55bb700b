// What is asked in the bench. Each request asks for another client, so that nothing under way can be shared.
const CLIENTS = 400;

const PAGE = `query Page($id: ID!) {
  client(id: $id) {
    id kind class grade status onboardedAt
    individual { name dateOfBirth occupation mobile email address annualIncome { amount currency } }
    assets { asOf verifiedTotal { amount currency } }
    riskProfile { level levelLabel lowestCategory validFrom validTo isValid reasons }
    holdings { product { id code name rating } units lastNav value { amount currency } asOf }
    orders { id side state amount { amount currency } product { code } submittedAt }
    membership { tier tierLabel balance pending lots { points remaining state availableOn } }
  }
}`;

const LIST = `query List($first: Int!, $from: Int!) {
  clients(first: $first, from: $from) {
    id class grade status individual { name email } riskProfile { level validTo }
    holdings { units value { amount currency } } membership { tier balance }
  }
}`;

const HOP = `query Hop($first: Int!, $from: Int!) {
  clients(first: $first, from: $from) {
    id class grade status individual { name } riskProfile { level } membership { tier balance }
    holdings { units value { amount currency } product { code points earnRule } }
  }
}`;

const list = (query, first) => (count) => ({ query, variables: { first, from: count % CLIENTS } });

export const OPERATIONS = {
  'client page': (count) => ({ query: PAGE, variables: { id: String(count % CLIENTS) } }),
  'list of 50': list(LIST, 50),
  'list of 50, second hop': list(HOP, 50),
};

export const ENTITIES = Object.fromEntries(
  [10, 100, 1_000].map((first) => [`list of ${first.toLocaleString('en')}`, list(LIST, first)]),
);

/** What each further service adds to a list of ten. */
const PARTS = [
  'id class grade status',
  'riskProfile { level validTo }',
  'holdings { units value { amount currency } }',
  'membership { tier balance }',
  'interactions { channel at }',
  'originLead { source campaign }',
];

export const SERVICES = Object.fromEntries(
  PARTS.map((_, index) => [
    `list of 10 from ${index + 1} service${index === 0 ? '' : 's'}`,
    list(
      `query Over${index + 1}($first: Int!, $from: Int!) { clients(first: $first, from: $from) { ${PARTS.slice(0, index + 1).join(' ')} } }`,
      10,
    ),
  ]),
);

/** Never the same twice: parsed, validated, planned and compiled anew each time. */
export const COLD = {
  'cold operations': (count) => ({
    query: `query Cold${count} { client(id: "${count % CLIENTS}") { ${PARTS.slice(0, 4).join(' ')} c${count}: id } }`,
  }),
};
