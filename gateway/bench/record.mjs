// What a plan fetches, level by level, for every request that a bench will send: recorded once, so that it can be fetched with nothing made of it.
import { readFile } from 'node:fs/promises';
import { actorOf } from '@client-graph/kit/auth';
import { ROLES } from '@client-graph/kit/roles';
import { parse } from 'graphql';
import { createEngine } from '../dist/engine/engine.js';
import { NO_LIMITS } from '../dist/limits.js';
import { readSupergraph } from '../dist/supergraph.js';

const ACTOR = actorOf('0198c0de-0000-7000-8000-000000000001', Object.keys(ROLES));

/** Request body → its fetches and its answer. */
export async function record(file, urls, operations, requests) {
  const supergraph = readSupergraph(await readFile(file, 'utf8'));
  const engine = createEngine({ supergraph, scalars: [], isOpen: !supergraph.isGuarded, limits: NO_LIMITS });
  const recorded = [];
  for (const make of Object.values(operations))
    for (let count = 1; count <= requests; count += 1) {
      const asked = make(count);
      const levels = [];
      let running = 0;
      const ask = async (service, body) => {
        if (running === 0) levels.push([]);
        running += 1;
        const url = urls.get(service);
        levels.at(-1).push({ url, body });
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        const text = await answer.text();
        running -= 1;
        return text;
      };
      const document = parse(asked.query);
      const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition');
      const compiled = engine.prepare({ text: asked.query, operationName: undefined, document, operation });
      const variables = asked.variables ?? {};
      const { data, errors } = await compiled.program(ACTOR, variables).answer(variables, ask);
      if (errors.length > 0) throw errors[0];
      recorded.push([JSON.stringify(asked), { levels, answer: JSON.stringify({ data }) }]);
    }
  return recorded;
}
