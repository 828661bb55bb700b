/** What each post may do (policy 3.6): role → the scopes its tokens carry and whose client records it reaches. Default deny: what is not listed is refused. */

/** OWN: the client's own record. ASSIGNED: clients whose adviser the caller is. ALL: every client. NONE: no client record. */
export type Reach = 'OWN' | 'ASSIGNED' | 'ALL' | 'NONE';

const READ_ALL = [
  'clients:read',
  'grading:read',
  'risk:read',
  'products:read',
  'products:exposure',
  'orders:read',
  'interactions:read',
  'complaints:read',
  'complaints:internals',
  'complaints:figures',
  'points:read',
  'points:audit',
  'points:report',
  'leads:read',
  'attribution:read',
  'funnel:read',
] as const;

export const ROLES = {
  CLIENT: {
    reach: 'OWN',
    scopes: [
      'complaints:read',
      'complaints:file',
      'clients:read',
      'consents:record',
      'requests:make',
      'risk:read',
      'risk:answer',
      'products:read',
      'orders:read',
      'orders:place',
      'points:read',
      'points:redeem',
    ],
  },
  ADVISER: {
    reach: 'ASSIGNED',
    scopes: [
      'complaints:read',
      'complaints:file',
      'clients:read',
      'clients:open',
      'clients:edit',
      'grades:propose',
      'consents:record',
      'reviews:complete',
      'requests:make',
      'risk:read',
      'risk:assist',
      'alerts:read',
      'alerts:handle',
      'products:read',
      'orders:read',
      'orders:place',
      'interactions:read',
      'interactions:log',
      'points:read',
      'points:redeem',
      'leads:read',
      'leads:work',
      'attribution:read',
    ],
  },
  RISK_ASSESSOR: { reach: 'NONE', scopes: ['risk:interview', 'questionnaires:propose', 'products:read'] },
  SERVICE_AGENT: {
    reach: 'NONE',
    scopes: [
      'complaints:read',
      'complaints:file',
      'complaints:handle',
      'complaints:internals',
      'complaints:figures',
      'products:read',
    ],
  },
  OPERATIONS: {
    reach: 'ALL',
    scopes: [
      'redemptions:process',
      'clients:read',
      'clients:edit',
      'clients:verify',
      'clients:assets',
      'clients:manage',
      'grades:propose',
      'consents:record',
      'reviews:complete',
      'requests:make',
      'products:read',
      'products:exposure',
      'orders:read',
      'orders:process',
    ],
  },
  COMPLIANCE: {
    reach: 'ALL',
    scopes: [
      'complaints:oversee',
      ...READ_ALL,
      'programme:approve',
      'clients:restrict',
      'grading:approve',
      'grades:approve',
      'requests:make',
      'requests:handle',
      'risk:oversee',
      'alerts:read',
      'alerts:handle',
      'alerts:oversee',
      'questionnaires:approve',
    ],
  },
  AUDITOR: { reach: 'ALL', scopes: [...READ_ALL, 'alerts:read', 'alerts:oversee'] },
  MARKETING: {
    reach: 'NONE',
    scopes: [
      'rewards:manage',
      'programme:propose',
      'products:read',
      'leads:read',
      'leads:create',
      'leads:work',
      'leads:import',
      'campaigns:manage',
      'funnel:read',
      'attribution:read',
    ],
  },
  ANALYST: { reach: 'NONE', scopes: ['complaints:figures', 'products:read', 'points:report', 'funnel:read'] },
  ADMIN: {
    reach: 'NONE',
    scopes: [
      'programme:propose',
      'grading:read',
      'grading:propose',
      'products:read',
      'products:manage',
      'products:exposure',
      'questionnaires:propose',
      'questionnaires:approve',
    ],
  },
} as const satisfies Record<string, { reach: Reach; scopes: readonly string[] }>;

export type Role = keyof typeof ROLES;

/** Every scope that some role has; a schema that names another is a mistake and stops the start. */
export const SCOPES: ReadonlySet<string> = new Set(Object.values(ROLES).flatMap((role) => [...role.scopes]));

export const isRole = (name: string): name is Role => Object.hasOwn(ROLES, name);
