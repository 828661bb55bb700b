import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type ConstDirectiveNode,
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  Kind,
  parse,
} from 'graphql';
import { type Actor, actingBy } from './auth.js';
import type { Context } from './context.js';
import { isUuid } from './db.js';
import { evidenceResolvers } from './evidence.js';
import { refuse } from './refusals.js';
import { type FieldClass, isFieldClass, SCOPES, scopeOfClass } from './roles.js';
import { scalarResolvers } from './scalars.js';
import { seen, sensitiveSight } from './sight.js';

const common = readFileSync(new URL('../schema/common.graphql', import.meta.url), 'utf8');

const evidence = readFileSync(new URL('../schema/evidence.graphql', import.meta.url), 'utf8');

/** A service's whole schema language text: what all share, then its own `schema.graphql`. */
export const loadSchema = (file: URL): string => `${common}\n${readFileSync(file, 'utf8')}`;

type Module = { sdl: string; resolvers: object };

/** What every service answers about its own evidence, under names of its own: `riskAuditVerify`. */
export const evidenceModule = (service: string): Module => {
  const prefix = service.replace(/\W.*$/, '');
  return { sdl: evidence.replaceAll('SERVICE', prefix), resolvers: evidenceResolvers(prefix) };
};

/** Each inner list is one way in: all its scopes are needed. An empty list of ways asks only for a valid token. */
type Requirement = readonly (readonly string[])[];

const ROOTS = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * Builds a subgraph's schema whose every guarded field refuses a caller without the scopes, or whose roles see nothing of its
 * class, wherever it is reached from: root, nested or `_entities`; a SENSITIVE value is masked where the roles say so. Throws, so
 * that the service does not start, when a field is guarded by nothing (default deny), names a scope no role has, or carries a
 * security directive that is not enforced here.
 */
export function buildGuardedSchema(sdl: string, resolvers: object, ...more: Module[]): GraphQLSchema {
  // Codegen has checked the resolvers against this very schema; buildSubgraphSchema's own type is looser than theirs.
  const schema = buildSubgraphSchema([
    { typeDefs: parse(sdl), resolvers: { ...scalarResolvers, ...resolvers } },
    ...more.map((module) => ({ typeDefs: parse(module.sdl), resolvers: { ...module.resolvers } })),
  ]);
  const problems: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && !type.name.startsWith('__') && type.name !== '_Service')
      guardType(type, problems);
  }
  if (problems.length > 0) throw new Error(`The schema is not safe to serve:\n  ${problems.join('\n  ')}`);
  return schema;
}

function guardType(type: GraphQLObjectType, problems: string[]): void {
  const nodes = [type.astNode, ...type.extensionASTNodes].filter(
    (node) => node !== null && node !== undefined,
  );
  const directives = nodes.flatMap((node) => node.directives ?? []);
  const ofType = requirementsOf(directives, type.name, problems);
  const classOfType = classOf(directives);
  const keyFields = new Set(
    directives
      .filter((d) => d.name.value === 'key')
      .flatMap((d) => (stringArgument(d, 'fields') ?? '').split(/[\s{}]+/)),
  );
  for (const field of Object.values(type.getFields())) {
    const isFederation = ROOTS.has(type.name) && field.name.startsWith('_');
    const coordinate = `${type.name}.${field.name}`;
    const ofField = isFederation
      ? [[]]
      : requirementsOf(field.astNode?.directives ?? [], coordinate, problems);
    const isOpen = keyFields.has(field.name) || isExternal(field);
    if (ofType.length + ofField.length === 0 && !isOpen) {
      problems.push(
        `${coordinate} says nobody may see it: give it or its type @authenticated or @requiresScopes.`,
      );
    }
    const fieldClass = classOf(field.astNode?.directives ?? []) ?? classOfType;
    const scope = fieldClass && scopeOfClass(fieldClass);
    const requirements = [...ofType, ...ofField, ...(scope === undefined ? [] : [[[scope]]])];
    watchField(field, type, { fieldClass, isKey: keyFields.has(field.name) });
    if (requirements.length > 0) guardField(field, requirements);
    if (type.name === 'Mutation') actByPost(field, requirements);
  }
}

/** A command is carried out in those of the caller's posts that may give it, and reaches whom these reach. */
function actByPost(field: GraphQLField<unknown, Context>, requirements: readonly Requirement[]): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    const actor = actingBy(context.actor, (scopes) => requirements.every((ways) => isMet(ways, scopes)));
    return resolve(source, args, actor === context.actor ? context : context.as(actor), info);
  };
}

const isMet = (ways: Requirement, scopes: ReadonlySet<string>): boolean =>
  ways.length === 0 || ways.some((way) => way.every((scope) => scopes.has(scope)));

const isExternal = (field: GraphQLField<unknown, unknown>) =>
  field.astNode?.directives?.some((d) => d.name.value === 'external') ?? false;

function guardField(field: GraphQLField<unknown, Context>, requirements: readonly Requirement[]): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  // Callers of the same roles share one set of scopes, so that what was allowed once need not be worked out for each row.
  let allowed: Actor['scopes'] | undefined;
  field.resolve = (source, args, context, info) => {
    if (context.actor.scopes !== allowed) {
      for (const requirement of requirements) demand(context.actor, requirement);
      allowed = context.actor.scopes;
    }
    return resolve(source, args, context, info);
  };
}

/** Notes who reads what: a value when it is personal, and whose part an object is. */
function watchField(
  field: GraphQLField<unknown, Context>,
  { name: type }: GraphQLObjectType,
  { fieldClass, isKey }: { fieldClass: FieldClass | undefined; isKey: boolean },
): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  if (!isLeafType(getNamedType(field.type))) {
    if (ROOTS.has(type)) {
      if (type === 'Query') watchOpening(field);
      return;
    }
    field.resolve = (source, args, context, info) => {
      const value: unknown = resolve(source, args, context, info);
      if (!(value instanceof Promise)) {
        context.reads.link(type, source, value);
        return value;
      }
      return value.then((found: unknown) => {
        context.reads.link(type, source, found);
        return found;
      });
    };
    return;
  }
  const coordinate = `${type}.${field.name}`;
  if (fieldClass === 'PERSONAL' && !isKey) {
    field.resolve = (source, args, context, info) => {
      context.reads.note(type, coordinate, source);
      return resolve(source, args, context, info);
    };
  }
  if (fieldClass === 'SENSITIVE') {
    field.resolve = async (source, args, context, info) => {
      const found: unknown = await resolve(source, args, context, info);
      const { value, isRevealed } = seen(found, sensitiveSight(context.actor), context.purpose);
      if (isRevealed) context.reads.note(type, coordinate, source, true);
      return value;
    };
  }
}

/** Notes whose file a member of staff opens by asking for one record. */
function watchOpening(field: GraphQLField<unknown, Context>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  const { name } = getNamedType(field.type);
  field.resolve = async (source, args, context, info) => {
    const value: unknown = await resolve(source, args, context, info);
    if (context.actor.clientId !== null || !isRecord(value)) return value;
    const { clientId } = args;
    context.reads.open(name, typeof clientId === 'string' && isUuid(clientId) ? { clientId } : value);
    return value;
  };
}

/** One record, and not a list or a page of one. */
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('nodes' in value);

function demand(actor: Actor, requirement: Requirement): void {
  if (actor.id === null) throw refuse('UNAUTHENTICATED', { reason: 'NO_TOKEN' });
  if (!isMet(requirement, actor.scopes)) throw refuse('FORBIDDEN', { requiredScopes: requirement });
}

function requirementsOf(
  directives: readonly ConstDirectiveNode[],
  coordinate: string,
  problems: string[],
): Requirement[] {
  return directives.flatMap((directive): Requirement[] => {
    switch (directive.name.value) {
      case 'authenticated':
        return [[]];
      case 'requiresScopes': {
        const ways = scopesArgument(directive);
        for (const scope of ways.flat())
          if (!SCOPES.has(scope))
            problems.push(`${coordinate} asks for the scope ${scope}, which no role has.`);
        return [ways];
      }
      case 'policy':
        problems.push(`${coordinate} carries @policy, which nothing enforces.`);
        return [];
      default:
        return [];
    }
  });
}

function scopesArgument(directive: ConstDirectiveNode): string[][] {
  const value = directive.arguments?.find((argument) => argument.name.value === 'scopes')?.value;
  if (value?.kind !== Kind.LIST) return [];
  return value.values.map((way) =>
    way.kind === Kind.LIST
      ? way.values.flatMap((scope) => (scope.kind === Kind.STRING ? [scope.value] : []))
      : [],
  );
}

function classOf(directives: readonly ConstDirectiveNode[]): FieldClass | undefined {
  const value = directives
    .find((directive) => directive.name.value === 'class')
    ?.arguments?.find((argument) => argument.name.value === 'is')?.value;
  return value?.kind === Kind.ENUM && isFieldClass(value.value) ? value.value : undefined;
}

function stringArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}
