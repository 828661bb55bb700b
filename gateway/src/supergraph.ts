import { FIELD_CLASSES, type FieldClass, scopeOfClass } from '@client-graph/kit/roles';
import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { z } from 'zod';
import { type Conflicts, conflictsOf } from './conflicts.js';
import { type CostTable, costTableOf } from './cost.js';

/**
 * What a caller must hold to see something: one of these sets of scopes, whole. `[[]]` asks for a caller only, whoever it is;
 * undefined asks for nothing.
 */
export type Requirement = readonly (readonly string[])[];

/** Field coordinate (`Client.name`) → what it takes to see it, its own demand, its parent's and its value's joined. */
export type AccessTable = ReadonlyMap<string, Requirement>;

/** What `authorize.ts` enforces. Any other security specification in the supergraph stops the start: nothing would enforce it. */
const ENFORCED: ReadonlySet<string> = new Set([
  'https://specs.apollo.dev/authenticated/v0.1',
  'https://specs.apollo.dev/requiresScopes/v0.1',
]);
/** What the API schema enforces by leaving it out: no operation that asks for it is valid. */
const LEFT_OUT = 'https://specs.apollo.dev/inaccessible/v0.2';
const AUTHENTICATED: Requirement = [[]];

const Link = z.object({
  url: z.string(),
  as: z.string().optional(),
  for: z.string().optional(),
  import: z.array(z.unknown()).optional(),
});
const Scopes = z.object({ scopes: z.array(z.array(z.string())) });
const JoinType = z.object({
  graph: z.string(),
  key: z.string().optional(),
  resolvable: z.boolean().default(true),
});
const Class = z.object({ is: z.enum(FIELD_CLASSES) });
const JoinGraph = z.object({ name: z.string(), url: z.string() });

export type Supergraph = {
  /** For @apollo/gateway, which refuses `for: SECURITY` links as it enforces none: taken off those that we enforce. */
  sdl: string;
  /** Name → the address written at composition. */
  services: ReadonlyMap<string, string>;
  /** Whether anything in it asks for a caller or their scopes. */
  isGuarded: boolean;
  /** Names that operations and plans may both want. */
  conflicts: Conflicts;
  /** What the schemas say of their fields' costs. */
  costs: CostTable;
  /** The access table of an API schema of this supergraph. */
  accessTable: (schema: GraphQLSchema) => AccessTable;
};

/** Reads a composed supergraph. Throws a sentence when it asks for a protection that this gateway does not give. */
export function readSupergraph(sdl: string): Supergraph {
  const document = parse(sdl, { noLocation: true });
  refuseUnenforced(document);
  const demands = demandsOf(document);
  return {
    sdl: print(withoutDeadKeys(withoutSecurityPurpose(document))),
    services: servicesOf(document),
    isGuarded: demands.size > 0,
    conflicts: conflictsOf(document, argumentsOf),
    costs: costTableOf(document, argumentsOf),
    accessTable: (schema) => accessTableOf(schema, demands),
  };
}

/** The joined demand of two: a caller must satisfy both. Sets that contain another set say nothing more and are dropped. */
export function both(left: Requirement | undefined, right: Requirement | undefined): Requirement | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  const joined = left.flatMap((a) => right.map((b) => [...new Set([...a, ...b])].sort()));
  const unique = [...new Map(joined.map((set) => [set.join(' '), set])).values()];
  return unique.filter(
    (set) =>
      !unique.some((other) => other.length < set.length && other.every((scope) => set.includes(scope))),
  );
}

function refuseUnenforced(document: DocumentNode): void {
  for (const link of linksOf(document)) {
    if (link.url === LEFT_OUT) continue;
    const isSecurity = link.for === 'SECURITY' || /\/policy\/v[\d.]+$/.test(link.url);
    if (isSecurity && !ENFORCED.has(link.url))
      throw new Error(
        `The supergraph asks for the protection ${link.url}, which this gateway does not enforce. Take it out of the schemas or teach the gateway to enforce it.`,
      );
    if (isSecurity && (link.as !== undefined || link.import !== undefined))
      throw new Error(
        `The supergraph renames the protection ${link.url}. Use @authenticated and @requiresScopes under their own names.`,
      );
  }
  visit(document, {
    Directive(node) {
      const applied = node.name.value === 'join__directive' ? argumentsOf(node).name : node.name.value;
      if (
        applied === 'policy' ||
        (node.name.value === 'join__directive' &&
          (applied === 'authenticated' || applied === 'requiresScopes'))
      )
        throw new Error(
          `The supergraph uses @${applied}, which this gateway does not enforce. Take it out of the schemas or teach the gateway to enforce it.`,
        );
    },
  });
}

/**
 * The planner may enter a service by a key that this service does not resolve entities by, and then asks it in vain. A key that is not
 * resolvable only says which fields another service can be entered with; beside one that is, it is not needed for planning.
 */
function withoutDeadKeys(document: DocumentNode): DocumentNode {
  const keptOf = (directives: readonly DirectiveNode[] = []) => {
    const keys = directives
      .filter(({ name }) => name.value === 'join__type')
      .map((directive) => ({ directive, ...JoinType.parse(argumentsOf(directive)) }));
    const entered = new Set(
      keys.filter(({ key, resolvable }) => key && resolvable).map(({ graph }) => graph),
    );
    const dead = keys.filter(({ graph, resolvable }) => !resolvable && entered.has(graph));
    return directives.filter((directive) => dead.every((one) => one.directive !== directive));
  };
  return visit(document, {
    ObjectTypeDefinition: (node) => ({ ...node, directives: keptOf(node.directives) }),
    InterfaceTypeDefinition: (node) => ({ ...node, directives: keptOf(node.directives) }),
  });
}

function withoutSecurityPurpose(document: DocumentNode): DocumentNode {
  return visit(document, {
    Directive(node) {
      if (node.name.value !== 'link' || !ENFORCED.has(linkOf(node).url)) return undefined;
      return {
        ...node,
        arguments: node.arguments?.filter((argument) => argument.name.value !== 'for') ?? [],
      };
    },
  });
}

const argumentsOf = (node: DirectiveNode): Record<string, unknown> =>
  Object.fromEntries(
    (node.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );

const linkOf = (node: DirectiveNode) => Link.parse(argumentsOf(node));

function linksOf(document: DocumentNode) {
  return document.definitions
    .flatMap((definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
        ? (definition.directives ?? [])
        : [],
    )
    .filter((directive) => directive.name.value === 'link')
    .map(linkOf);
}

function servicesOf(document: DocumentNode): Map<string, string> {
  const graphs = document.definitions.flatMap((definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph'
      ? (definition.values ?? [])
      : [],
  );
  const joins = graphs
    .flatMap((graph) => graph.directives ?? [])
    .filter((directive) => directive.name.value === 'join__graph');
  return new Map(
    joins.map((directive) => {
      const { name, url } = JoinGraph.parse(argumentsOf(directive));
      return [name, url];
    }),
  );
}

/** What stands written: type name or field coordinate → its own demand; a field's class is its own, or its type's. */
function demandsOf(document: DocumentNode): Map<string, Requirement> {
  const demands = new Map<string, Requirement>();
  const note = (coordinate: string, demand: Requirement | undefined) => {
    if (demand !== undefined) demands.set(coordinate, demand);
  };
  for (const definition of document.definitions) {
    if (!isGuardable(definition)) continue;
    note(definition.name.value, demandOfAll(definition.directives));
    if (!('fields' in definition)) continue;
    for (const { name, directives } of definition.fields ?? []) {
      const ofClass = demandOfClass(classOf(directives) ?? classOf(definition.directives));
      note(`${definition.name.value}.${name.value}`, both(demandOfAll(directives), ofClass));
    }
  }
  return demands;
}

const demandOfAll = (directives: readonly DirectiveNode[] = []) =>
  directives.map(demandOf).reduce(both, undefined);

const classOf = (directives: readonly DirectiveNode[] = []) => {
  const found = directives.find(({ name }) => name.value === 'class');
  return found === undefined ? undefined : Class.parse(argumentsOf(found)).is;
};

/** That the caller sees anything of the class; how, the service that has the value decides. */
function demandOfClass(fieldClass: FieldClass | undefined): Requirement | undefined {
  const scope = fieldClass && scopeOfClass(fieldClass);
  return scope === undefined ? undefined : [[scope]];
}

function demandOf(directive: DirectiveNode): Requirement | undefined {
  switch (directive.name.value) {
    case 'authenticated':
      return AUTHENTICATED;
    case 'requiresScopes':
      return Scopes.parse(argumentsOf(directive)).scopes;
    default:
      return undefined;
  }
}

function isGuardable(definition: DefinitionNode) {
  return (
    definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
    definition.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    definition.kind === Kind.SCALAR_TYPE_DEFINITION ||
    definition.kind === Kind.ENUM_TYPE_DEFINITION
  );
}

/**
 * A field asked for on an interface may be any of its implementations', so it takes what all of them ask: one could otherwise read a
 * guarded field by its interface. Every root field asks for a caller, even where a schema forgot to.
 */
function accessTableOf(schema: GraphQLSchema, demands: ReadonlyMap<string, Requirement>): AccessTable {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const table = new Map<string, Requirement>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith('__')) continue;
    const owners = isInterfaceType(type)
      ? [type, ...schema.getImplementations(type).objects, ...schema.getImplementations(type).interfaces]
      : [type];
    for (const field of Object.values(type.getFields())) {
      const demand = [
        isObjectType(type) && roots.has(type) ? AUTHENTICATED : undefined,
        demands.get(getNamedType(field.type).name),
        ...owners.flatMap((owner) => [demands.get(owner.name), demands.get(`${owner.name}.${field.name}`)]),
      ].reduce(both, undefined);
      if (demand !== undefined) table.set(`${type.name}.${field.name}`, demand);
    }
  }
  return table;
}
