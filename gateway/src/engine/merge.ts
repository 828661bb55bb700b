export type Row = Record<string, unknown>;

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A property that a service's answer has itself, and not by being a JavaScript object. */
export const own = (row: Row, name: string): unknown => (Object.hasOwn(row, name) ? row[name] : undefined);

/** Sets a property even where it is named `__proto__`, which would otherwise change what the object is. */
export function put(row: Row, name: string, value: unknown): void {
  if (name in Object.prototype)
    Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
  else row[name] = value;
}

/**
 * Two answers about the same value as one: objects field by field, lists of one length item by item, else the later one. A null
 * never takes away what another service could tell.
 */
export function merged(target: unknown, source: unknown): unknown {
  if (source === undefined || target === source || (source === null && target !== undefined)) return target;
  if (isRow(target) && isRow(source)) return mergeRow(target, source);
  if (Array.isArray(target) && Array.isArray(source) && target.length === source.length) {
    for (const [index, item] of source.entries()) target[index] = merged(target[index], item);
    return target;
  }
  return source;
}

export function mergeRow(target: Row, source: Row): Row {
  for (const key of Object.keys(source)) put(target, key, merged(own(target, key), source[key]));
  return target;
}
