// Random federations: services that share entities, with keys of one field or two, fields spread over them, references back and forth, interfaces,
// unions, and fields computed from what another service has.
import fc from 'fast-check';
import type { Computed } from './world.js';

export type Federation = { typeDefs: Record<string, string>; computed: Computed };

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires"])`;
const SERVICES = ['north', 'south', 'east', 'west'];
const ENTITIES = ['Alpha', 'Beta', 'Gamma', 'Delta'];
const LEAFS = ['Int', 'String', 'Float', 'Boolean', 'Mood'];

type Entity = { name: string; key: string; fields: readonly { name: string; type: string; owner: string }[] };

class Composer {
  #state: number;
  readonly #computed: Computed = {};
  readonly #services: readonly string[];
  readonly #entities: readonly { name: string; key: string }[];

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
    this.#services = SERVICES.slice(0, 2 + this.#next(3));
    this.#entities = ENTITIES.slice(0, 2 + this.#next(3)).map((name) => ({
      name,
      key: this.#next(3) === 0 ? 'id code' : 'id',
    }));
  }

  #next(bound: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#next(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  federation(): Federation {
    const fields = this.#entities.map((entity) => ({ ...entity, fields: this.#fieldsOf() }));
    const typeDefs = Object.fromEntries(
      this.#services.map((service, index) => [service, this.#service(service, index, fields)]),
    );
    return { typeDefs, computed: this.#computed };
  }

  /** Names, types and which service has them. */
  #fieldsOf() {
    return Array.from({ length: 3 + this.#next(5) }, (_, index) => ({
      name: `f${index}`,
      type: this.#type(),
      owner: this.#pick(this.#services),
    }));
  }

  #type(): string {
    const named =
      this.#next(2) === 0
        ? this.#pick(LEAFS)
        : this.#pick([...this.#entities.map(({ name }) => name), 'Node', 'Any']);
    const some = this.#next(4) === 0 ? `${named}!` : named;
    return this.#pick([some, some, some, `[${some}]`, `[${some}]!`, `[[${some}]]`]);
  }

  #service(service: string, index: number, entities: readonly Entity[]): string {
    const types = entities.map(({ name, key, fields }) => {
      const own = fields
        .filter(({ owner }) => owner === service)
        .map((field) => `${field.name}: ${field.type}`);
      return `type ${name} implements Node @key(fields: "${key}") { id: ID! ${key === 'id' ? '' : 'code: ID!'} ${own.join(' ')} ${this.#computedOf(service, index, name)} }`;
    });
    const roots = Array.from({ length: 1 + this.#next(2) }, (_, n) => `${service}${n}: ${this.#type()}`);
    const union = `union Any = ${entities.map(({ name }) => name).join(' | ')}`;
    return `${LINK} type Query { ${roots.join(' ')} } interface Node { id: ID! } enum Mood { HAPPY SAD } ${union} ${types.join(' ')}`;
  }

  /** The first service knows an age of everything; others may compute from it. */
  #computedOf(service: string, index: number, type: string): string {
    if (index === 0) return 'age: Int!';
    if (this.#next(2) === 0) return '';
    this.#computed[`${type}.${service}Group`] = (read) => `group ${Number(read('age')) % 7}`;
    return `age: Int! @external ${service}Group: String @requires(fields: "age")`;
  }
}

export const federations = fc.nat().map((seed) => new Composer(seed).federation());
