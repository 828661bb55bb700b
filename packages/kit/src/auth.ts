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
  /** The client a CLIENT token speaks for. */
  clientId: string | null;
};

export const ANONYMOUS: Actor = { id: null, roles: [], scopes: new Set(), clientId: null };

export const actorOf = (id: string, roles: readonly Role[], clientId: string | null = null): Actor => ({
  id,
  roles,
  scopes: scopesOf(roles),
  clientId,
});

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
    verified.set(token, { actor, expiresAtMs: payload.exp * 1000 });
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
