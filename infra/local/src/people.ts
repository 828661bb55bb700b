/** The sample firm's people, as the local OpenID provider knows them. The ids are fixed, so that data loaded once fits every token. */
export const PEOPLE = {
  adviser: { name: 'First adviser', sub: '01940000-0000-7000-8000-000000000001', roles: ['ADVISER'] },
  'adviser-2': { name: 'Second adviser', sub: '01940000-0000-7000-8000-000000000002', roles: ['ADVISER'] },
  'risk-assessor': {
    name: 'Risk assessor',
    sub: '01940000-0000-7000-8000-000000000003',
    roles: ['RISK_ASSESSOR'],
  },
  'service-agent': {
    name: 'Service agent',
    sub: '01940000-0000-7000-8000-000000000004',
    roles: ['SERVICE_AGENT'],
  },
  operations: {
    name: 'Operations officer',
    sub: '01940000-0000-7000-8000-000000000005',
    roles: ['OPERATIONS'],
  },
  compliance: {
    name: 'Compliance officer',
    sub: '01940000-0000-7000-8000-000000000006',
    roles: ['COMPLIANCE'],
  },
  'compliance-2': {
    name: 'Second compliance officer',
    sub: '01940000-0000-7000-8000-00000000000b',
    roles: ['COMPLIANCE'],
  },
  auditor: { name: 'Auditor', sub: '01940000-0000-7000-8000-000000000007', roles: ['AUDITOR'] },
  marketing: { name: 'Marketing officer', sub: '01940000-0000-7000-8000-000000000008', roles: ['MARKETING'] },
  analyst: { name: 'Analyst', sub: '01940000-0000-7000-8000-000000000009', roles: ['ANALYST'] },
  admin: { name: 'Administrator', sub: '01940000-0000-7000-8000-00000000000a', roles: ['ADMIN'] },
} as const satisfies Record<string, Person>;

export type Person = {
  name: string;
  /** What the token's `sub` says: the staff UUID, or the client's own id. */
  sub: string;
  roles: readonly string[];
  /** The client this person is, for the role CLIENT. */
  clientIdRef?: string;
};
export type PersonKey = keyof typeof PEOPLE;

const STAFF: ReadonlyMap<string, Person> = new Map(Object.entries(PEOPLE));
const CLIENT_KEY = /^client-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** The person of a key: one of the staff above, or `client-<uuid>` for the client with that id, whoever it is. */
export function findPerson(key: string): Person | undefined {
  const clientId = CLIENT_KEY.exec(key)?.[1];
  if (clientId)
    return { name: `Client ${clientId}`, sub: clientId, roles: ['CLIENT'], clientIdRef: clientId };
  return STAFF.get(key);
}

/** The person whose `sub` this is; an id that no member of staff has is taken for a client's. */
export function findPersonBySub(sub: string): Person | undefined {
  return [...STAFF.values()].find((person) => person.sub === sub) ?? findPerson(`client-${sub}`);
}
