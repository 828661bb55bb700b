import { SERVICES, type ServiceName } from '@client-graph/local';
import type { Databases } from './databases.js';
import type { Sent } from './ledger.js';

/** Rows of a table and the one event that each of them has: table, its id, event, the field that names the row. */
const ONE_EVENT_EACH: readonly [ServiceName, table: string, id: string, type: string, field: string][] = [
  ['marketing', 'lead', 'id', 'lead.created', 'leadId'],
  ['marketing', `touch where kind = 'CONTACT'`, 'lead_id', 'lead.contacted', 'leadId'],
  ['marketing', 'conversion', 'lead_id', 'lead.converted', 'leadId'],
  ['clients', 'client', 'id', 'client.onboarded', 'clientId'],
  ['clients', `client where status = 'ACTIVE'`, 'id', 'client.activated', 'clientId'],
  ['clients', 'identity_verification', 'client_id', 'client.onboarded', 'clientId'],
  ['risk', 'answer_sheet', 'assessment_id', 'assessment.scored', 'assessmentId'],
  ['risk', 'risk_report', 'id', 'assessment.report.issued', 'reportId'],
  ['risk', 'report_confirmation', 'assessment_id', 'risk.profile.changed', 'assessmentId'],
  ['products', 'suitability_decision', 'id', 'suitability.checked', 'decisionId'],
  ['products', 'product_order', 'id', 'order.submitted', 'orderId'],
  ['products', 'product_order', 'id', 'order.accepted', 'orderId'],
  ['products', `product_order where state = 'SETTLED'`, 'id', 'order.settled', 'orderId'],
  ['products', 'settlement', 'order_id', 'order.settled', 'orderId'],
  ['service', 'interaction', 'id', 'interaction.logged', 'interactionId'],
  ['loyalty', `ledger_entry where type = 'EARN'`, 'id', 'points.earned', 'entryId'],
];

/** (c) No command half done: each row has its event, once, and each event its row. */
export async function halfDone(databases: Databases): Promise<string[]> {
  const problems: string[] = [];
  for (const [service, table, id, type, field] of ONE_EVENT_EACH) {
    const rows = await databases[service]<{ id: string; rows: number; events: number }>(
      `with kept as (select ${id}::text as id, count(*)::int as n from ${table} group by 1),
            told as (select payload->>$2 as id, count(*)::int as n from outbox where type = $1 group by 1)
       select id, coalesce(kept.n, 0) as rows, coalesce(told.n, 0) as events
       from kept full join told using (id) where kept.n is distinct from 1 or told.n is distinct from 1`,
      [type, field],
    );
    problems.push(
      ...rows.map((row) => `${service} ${table} ${row.id}: ${row.rows} rows, ${row.events} ${type}`),
    );
  }
  const books = await databases.products<{ id: string }>(
    `select h.id from holding h join settlement s on s.holding_id = h.id group by h.id
       having h.units <> sum(s.units) or bool_or(s.amount <> s.units * s.nav + s.residual)
     union all select h.id from holding h where not exists (select from settlement where holding_id = h.id)
     union all select o.id from product_order o left join settlement s on s.order_id = o.id
       where o.state <> 'SETTLED' or o.settlement_id is distinct from s.id or o.amount is distinct from s.amount
     union all select h.id from holding h where (select count(*) from outbox where type = 'holding.changed'
       and payload->>'clientId' = h.client_id::text and payload->>'productId' = h.product_id::text)
       <> (select count(*) from settlement where holding_id = h.id)`,
  );
  return [
    ...problems,
    ...books.map(({ id }) => `products ${id}: order, settlement and holding do not agree`),
  ];
}

/** The same fact as its owner has it and as others keep it: each query gives one text for each row. */
const COPIES: readonly { fact: string; owner: [ServiceName, string]; copies: [ServiceName, string][] }[] = [
  {
    fact: 'the client',
    owner: ['clients', standing('client', 'id')],
    copies: (['risk', 'products', 'service', 'loyalty', 'marketing'] as const).map((service) => [
      service,
      standing('client_copy', 'client_id'),
    ]),
  },
  {
    fact: 'the risk profile',
    owner: [
      'risk',
      `select concat_ws(' ', client_id, level, lowest_category, valid_to, assessment_id) as row from risk_profile`,
    ],
    copies: [
      [
        'products',
        `select concat_ws(' ', client_id, level, lowest_category, valid_to, assessment_id) as row from risk_copy`,
      ],
    ],
  },
  {
    fact: 'the tolerance',
    owner: [
      'risk',
      `select concat_ws(' ', client_id, level, valid_to, assessment_id) as row from risk_profile`,
    ],
    copies: [
      [
        'clients',
        `select concat_ws(' ', client_id, level, valid_to, assessment_id) as row from risk_tolerance`,
      ],
    ],
  },
  {
    fact: 'the membership',
    owner: ['clients', `select id::text as row from client where status = 'ACTIVE'`],
    copies: [['loyalty', 'select client_id::text as row from membership']],
  },
  {
    fact: 'the conversion',
    owner: [
      'clients',
      `select concat_ws(' ', origin_lead_id, id) as row from client where status = 'ACTIVE' and origin_lead_id is not null`,
    ],
    copies: [
      ['marketing', `select concat_ws(' ', lead_id, client_id) as row from conversion`],
      ['marketing', `select concat_ws(' ', id, client_id) as row from lead where stage = 'CONVERTED'`],
    ],
  },
  {
    // One point for each whole thousand, in the lowest tier.
    fact: 'the points of a settled order',
    owner: [
      'products',
      `select concat_ws(' ', id, floor(amount / 1000)) as row from product_order where state = 'SETTLED'`,
    ],
    copies: [
      [
        'loyalty',
        `select concat_ws(' ', basis->>'orderId', pending) as row from ledger_entry where type = 'EARN' and basis->>'orderId' is not null`,
      ],
    ],
  },
];

function standing(table: string, id: string): string {
  return `select concat_ws(' ', ${id}, adviser_id, kind, status, class, grade, age_band, full_civil_capacity) as row from ${table}`;
}

/** (d) What others keep is what the owner has: nothing missing, nothing doubled, nothing old. */
export async function copyProblems(databases: Databases): Promise<string[]> {
  const problems: string[] = [];
  const rowsOf = async ([service, query]: [ServiceName, string]) =>
    (await databases[service]<{ row: string }>(query)).map(({ row }) => row).sort();
  for (const { fact, owner, copies } of COPIES) {
    const truth = await rowsOf(owner);
    if (truth.length === 0) problems.push(`${fact}: nothing was done that could be checked`);
    for (const copy of copies) {
      const kept = await rowsOf(copy);
      const wrong = [
        ...difference(truth, kept).map((row) => `lacks ${row}`),
        ...difference(kept, truth).map((row) => `has ${row}`),
      ];
      problems.push(...wrong.map((problem) => `${fact}: ${copy[0]} ${problem}`));
    }
  }
  return problems;
}

/** What is in `a` more often than in `b`. */
function difference(a: readonly string[], b: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of b) counts.set(row, (counts.get(row) ?? 0) + 1);
  return a.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}

const CLIENT_EVENTS = ['client.onboarded', 'client.activated', 'client.graded'];
/** What each service must take in at the least; whatever else it takes in it must take in wholly, too. */
const TAKEN_IN: Record<ServiceName, readonly string[]> = {
  clients: ['risk.profile.changed'],
  risk: CLIENT_EVENTS,
  products: [...CLIENT_EVENTS, 'risk.profile.changed'],
  service: CLIENT_EVENTS,
  loyalty: [...CLIENT_EVENTS, 'order.settled'],
  marketing: CLIENT_EVENTS,
};

/** (d) Each service has marked each event that it takes in, and no other. */
export async function inboxProblems(databases: Databases, sent: readonly Sent[]): Promise<string[]> {
  const events = new Map(sent.map((event) => [event.id, event.type]));
  const problems: string[] = [];
  for (const service of SERVICES) {
    const types = TAKEN_IN[service];
    const marked = new Set(
      (await databases[service]<{ event_id: string }>('select event_id from inbox')).map(
        ({ event_id }) => event_id,
      ),
    );
    const wanted = new Set([...types, ...[...marked].map((id) => events.get(id))]);
    for (const id of marked)
      if (!events.has(id)) problems.push(`${service} has taken in ${id}, which is not on Kafka`);
    for (const [id, type] of events)
      if (wanted.has(type) && !marked.has(id)) problems.push(`${service} has not taken in ${type} ${id}`);
    for (const type of types)
      if (![...events.values()].includes(type)) problems.push(`${type} never happened`);
  }
  return problems;
}
