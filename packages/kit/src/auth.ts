import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { refuse } from './refusals.js';
import { FIELD_CLASSES, isRole, ROLES, type Role, SIGHTS, scopeOfClass } from './roles.js';

/** Who is asking. Without a token: no roles, no scopes, so everything guarded is refused. */
export type Actor = {
  /** `sub` of the token: the UUID of the member of staff, or of the client. Null when anonymous. */
  id: string | null;
  roles: readonly Role[];
  scopes: ReadonlySet<string>;
  /** The client a CLIENT token speaks for; null for everybody else. */
  clientId: string | null;
  /** The client that the caller is as a person, also in a post of the firm. */
  ownClientId: string | null;
  /** Whether the caller does nothing else than watch over the firm: then neither walls nor restrictions hide a client. */
  watches: boolean;
};

export const ANONYMOUS: Actor = {
  id: null,
  roles: [],
  scopes: new Set(),
  clientId: null,
  ownClientId: null,
  watches: false,
};

/**
 * The caller with these roles. A member of staff who is a client too acts as staff: as both at once, what a client sees of themself would
 * be seen of everybody whom they reach. Who watches over the firm and serves clients as well is treated as one who serves.
 */
export function actorOf(id: string, roles: readonly Role[], ownClientId: string | null = null): Actor {
  const posts = roles.filter((role) => role !== 'CLIENT');
  const held = posts.length > 0 ? posts : roles;
  return {
    id,
    roles: held,
    scopes: scopesOf(held),
    clientId: posts.length > 0 ? null : ownClientId,
    ownClientId,
    watches: held.length > 0 && held.every((role) => WATCHING.has(role)),
  };
}

const WATCHING: ReadonlySet<Role> = new Set<Role>(['COMPLIANCE', 'AUDITOR']);

/** The caller in those of their posts that may do this by themselves: whoever has several does not do with one what another reaches. */
export function actingBy(actor: Actor, isAllowed: (scopes: ReadonlySet<string>) => boolean): Actor {
  if (actor.roles.length < 2) return actor;
  const roles = actor.roles.filter((role) => isAllowed(scopesOf([role])));
  return roles.length === 0 ? actor : { ...actor, roles, scopes: scopesOf(roles) };
}

/** One set for the same roles, so that a decision taken about it can be kept by its identity. */
function scopesOf(roles: readonly Role[]): ReadonlySet<string> {
  const key = [...new Set(roles)].sort().join(' ');
  const known = scopeSets.get(key);
  if (known !== undefined) return known;
  const scopes = new Set(roles.flatMap((role) => [...ROLES[role].scopes, ...classScopes(role)]));
  scopeSets.set(key, scopes);
  return scopes;
}

const scopeSets = new Map<string, ReadonlySet<string>>();

const classScopes = (role: Role): string[] =>
  FIELD_CLASSES.flatMap((fieldClass) => {
    const scope = scopeOfClass(fieldClass);
    return SIGHTS[role][fieldClass] === 'HIDDEN' || scope === undefined ? [] : [scope];
  });

const Claims = z.object({ sub: z.uuid(), roles: z.array(z.string()), client_id_ref: z.uuid().optional() });

/** Checks an Authorization header; resolves to the caller. Refuses UNAUTHENTICATED with the reason; no header is anonymous. */
export type Verify = (authorization: string | undefined) => Promise<Actor>;

/** How long a token that was verified is believed: a key that the provider has withdrawn opens nothing for longer. */
const KNOWN_MS = 300_000;

/** Verifies access tokens (RS256 or ES256 JWT) of one issuer for one audience against its published keys. */
export function createVerifier({ issuer, audience }: { issuer: string; audience: string }): Verify {
  const keys = createRemoteJWKSet(new URL(`${issuer.replace(/\/$/, '')}/jwks`), { cooldownDuration: 1_000 });
  const verified = new Map<string, { actor: Actor; expiresAtMs: number }>();

  return async (authorization) => {
    if (authorization === undefined) return ANONYMOUS;
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw refuse('UNAUTHENTICATED', { reason: 'MALFORMED' });
    const known = verified.get(token);
    if (known !== undefined && known.expiresAtMs > Date.now()) return known.actor;

    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ['RS256', 'ES256'],
    }).catch((error: unknown) => {
      throw refuse('UNAUTHENTICATED', { reason: reasonOf(error) });
    });
    const claims = Claims.safeParse(payload);
    if (!claims.success || payload.exp === undefined) throw refuse('UNAUTHENTICATED', { reason: 'CLAIMS' });
    const actor = actorOf(
      claims.data.sub,
      claims.data.roles.filter(isRole),
      claims.data.client_id_ref ?? null,
    );
    // A signature check costs as much as a small query; the same token comes back with every request of a page.
    if (verified.size >= 10_000) verified.clear();
    verified.set(token, { actor, expiresAtMs: Math.min(payload.exp * 1000, Date.now() + KNOWN_MS) });
    return actor;
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'aud' ? 'AUDIENCE' : error.claim === 'iss' ? 'ISSUER' : 'CLAIMS';
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
    return 'SIGNATURE';
  if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return 'MALFORMED';
  return 'PROVIDER_UNREACHABLE';
}
