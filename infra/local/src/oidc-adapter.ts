import type { Adapter, AdapterPayload } from 'oidc-provider';
import { findPerson } from './people.js';

/** The password of every sample person, for scripts. */
export const CLIENT_SECRET = 'local-only';

type Entry = { payload: AdapterPayload; endsAt: number };

/** Sessions, codes and grants in memory; signing in again after a restart is no loss. Clients come from the table of people. */
export function createAdapter(): (model: string) => Adapter {
  const entries = new Map<string, Entry>();
  return (model) => {
    const key = (id: string) => `${model}:${id}`;
    const find = (id: string) => {
      const entry = entries.get(key(id));
      if (!entry || entry.endsAt > Date.now()) return entry?.payload;
      entries.delete(key(id));
      return undefined;
    };
    const findWhere = (matches: (payload: AdapterPayload) => boolean) =>
      [...entries].find(([name, { payload }]) => name.startsWith(`${model}:`) && matches(payload))?.[1]
        .payload;
    return {
      async find(id) {
        return model === 'Client' ? clientMetadata(id) : find(id);
      },
      async findByUid(uid) {
        return findWhere((payload) => payload.uid === uid);
      },
      async findByUserCode(userCode) {
        return findWhere((payload) => payload.userCode === userCode);
      },
      async upsert(id, payload, expiresIn) {
        entries.set(key(id), {
          payload,
          endsAt: expiresIn ? Date.now() + expiresIn * 1_000 : Number.POSITIVE_INFINITY,
        });
      },
      async consume(id) {
        const payload = find(id);
        if (payload) payload['consumed'] = Math.floor(Date.now() / 1_000);
      },
      async destroy(id) {
        entries.delete(key(id));
      },
      async revokeByGrantId(grantId) {
        for (const [name, { payload }] of entries) if (payload.grantId === grantId) entries.delete(name);
      },
    };
  };
}

function clientMetadata(id: string): AdapterPayload | undefined {
  if (id === 'web') {
    // A native client may come back to any port of this machine (RFC 8252, 7.3): whichever port a frontend's server has.
    const hosts = ['localhost', '127.0.0.1'];
    return {
      client_id: id,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: hosts.flatMap((host) => [`http://${host}/`, `http://${host}/callback`]),
      post_logout_redirect_uris: hosts.map((host) => `http://${host}/`),
    };
  }
  if (!findPerson(id)) return undefined;
  return {
    client_id: id,
    client_secret: CLIENT_SECRET,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}
