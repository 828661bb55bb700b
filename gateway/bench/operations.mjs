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
