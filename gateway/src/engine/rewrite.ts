import type { FetchDataRewrite } from '@apollo/query-planner';
import type { TypesOf } from './entities.js';
import { isRow, own, put } from './merge.js';

export type Rewrite = (value: unknown) => void;

const CONDITION = '... on ';

/** What a plan changes in what goes to a service or comes from it: names it had to alias, types it had to pretend. */
export function compileRewrites(rewrites: readonly FetchDataRewrite[], typesOf: TypesOf): Rewrite {
  const all = rewrites.map((rewrite) => compileRewrite(rewrite, typesOf));
  return (value) => {
    for (const rewrite of all) rewrite(value);
  };
}

function compileRewrite(rewrite: FetchDataRewrite, typesOf: TypesOf): Rewrite {
  const last = rewrite.path.at(-1);
  if (last === undefined || last.startsWith(CONDITION))
    throw new Error('The plan rewrites something that is no field.');
  let step: Rewrite = (value) => {
    if (!isRow(value)) return;
    if (rewrite.kind === 'ValueSetter') return put(value, last, rewrite.setValueTo);
    const renamed = own(value, last);
    if (renamed === undefined) return;
    put(value, last, undefined);
    put(value, rewrite.renameKeyTo, renamed);
  };
  for (const element of rewrite.path.slice(0, -1).toReversed()) step = through(element, step, typesOf);
  return eachItem(step);
}

function through(element: string, next: Rewrite, typesOf: TypesOf): Rewrite {
  const inside = eachItem(next);
  if (!element.startsWith(CONDITION)) return (value) => isRow(value) && inside(own(value, element));
  const types = typesOf(element.slice(CONDITION.length));
  return (value) => {
    if (!isRow(value)) return;
    const type = own(value, '__typename');
    if (typeof type !== 'string' || types.has(type)) inside(value);
  };
}

function eachItem(rewrite: Rewrite): Rewrite {
  const each: Rewrite = (value) => {
    if (Array.isArray(value)) for (const item of value) each(item);
    else rewrite(value);
  };
  return each;
}
