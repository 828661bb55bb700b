import { readdirSync } from 'node:fs';
import { type Actor, ANONYMOUS, actorOf, ROLES, type Role } from '@client-graph/kit';
import { describe, expect, test } from '@jest/globals';
import {
  type ConstDirectiveNode,
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  graphql,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import type { Context } from '../../kit/src/context.js';
import { Reads } from '../../kit/src/reads.js';
import { type FieldClass, isFieldClass, isRole, SIGHTS } from '../../kit/src/roles.js';
import { buildGuardedSchema, evidenceModule, loadSchema } from '../../kit/src/schema.js';
import { purposeOf } from '../../kit/src/sight.js';

/**
 * Every field of every service × every role × every purpose, asked of the service itself as somebody would who has a way round the
 * gateway: the field's guard is the same whatever the way to it, and is tried here with a planted value. What is expected is worked
 * out from the directives as they are written.
 */
const SERVICES = new URL('../../../services/', import.meta.url);
const PLANTED = 'PLANTED-VALUE-0011';
const MASKED = '••••••••••••••0011';

const schemas = readdirSync(SERVICES).map((name): [string, GraphQLSchema] => {
  const sdl = loadSchema(new URL(`${name}/schema.graphql`, SERVICES));
  return [name, buildGuardedSchema(sdl, {}, { ...evidenceModule(name), resolvers: {} })];
});
const roles = Object.keys(ROLES).filter(isRole);
const PURPOSES = [undefined, 'ADVICE', 'INSPECTION:7', 'CURIOSITY'] as const;

type Directed = { directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
const directivesOf = (node: Directed, name: string) =>
  (node?.directives ?? []).filter((directive) => directive.name.value === name);
const argumentOf = (directive: ConstDirectiveNode | undefined): unknown =>
  directive?.arguments?.[0] && valueFromASTUntyped(directive.arguments[0].value);
const nodesOf = (type: GraphQLObjectType): Directed[] => [type.astNode, ...type.extensionASTNodes];
const classOf = (type: GraphQLObjectType, field: GraphQLField<unknown, Context>): FieldClass | undefined => {
  const [written] = [field.astNode, ...nodesOf(type)].flatMap((node) => directivesOf(node, 'class'));
  const name = argumentOf(written);
  return isFieldClass(name) ? name : undefined;
};
const demandsOf = (type: GraphQLObjectType, field: GraphQLField<unknown, Context>) =>
  [field.astNode, ...nodesOf(type)].flatMap((node) =>
    directivesOf(node, 'requiresScopes').map((one) => argumentOf(one) as string[][]),
  );

const contextOf = (actor: Actor, purpose?: string) =>
  ({ actor, purpose: () => purposeOf(purpose), reads: new Reads() }) as unknown as Context;

type Outcome = { value?: unknown; code?: string; text: string };
async function tried(field: GraphQLField<unknown, Context>, context: Context): Promise<Outcome> {
  const resolve = field.resolve ?? defaultFieldResolver;
  try {
    const value = await resolve({ id: 'x', [field.name]: PLANTED }, {}, context, {
      fieldName: field.name,
    } as never);
    return { value, text: '' };
  } catch (error) {
    return {
      code: String(Reflect.get(error as object, 'code')),
      text: JSON.stringify([error, String(error)]),
    };
  }
}

function expectation(
  role: Role,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, Context>,
  purpose: string | undefined,
): Pick<Outcome, 'value' | 'code'> {
  const scopes: readonly string[] = ROLES[role].scopes;
  const hasScopes = demandsOf(type, field).every((ways) =>
    ways.some((way) => way.every((scope) => scopes.includes(scope))),
  );
  const fieldClass = classOf(type, field);
  const sight = fieldClass === undefined ? 'SHOWN' : SIGHTS[role][fieldClass];
  if (!hasScopes || sight === 'HIDDEN') return { code: 'FORBIDDEN' };
  if (fieldClass !== 'SENSITIVE' || !isLeafType(getNamedType(field.type)) || sight === 'SHOWN')
    return { value: PLANTED };
  if (sight === 'MASKED') return { value: MASKED };
  if (purpose === 'CURIOSITY') return { code: 'PURPOSE_UNKNOWN' };
  if (sight === 'REVEALED') return { value: purpose === undefined ? MASKED : PLANTED };
  return purpose === 'INSPECTION:7' ? { value: PLANTED } : { code: 'PURPOSE_REQUIRED' };
}

const objectsOf = (schema: GraphQLSchema) =>
  Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !/^_/.test(type.name),
  );
const fieldsOf = (type: GraphQLObjectType) =>
  Object.values(type.getFields()).filter(({ name }) => !name.startsWith('_'));
const cases =
  roles.length *
  PURPOSES.length *
  schemas.flatMap(([, schema]) => objectsOf(schema)).reduce((sum, type) => sum + fieldsOf(type).length, 0);

describe.each(schemas)(`of ${cases} cases, those of %s`, (_, schema) => {
  test.each(roles)(
    '%s is shown, masked or refused every field as the table says, for each purpose',
    async (role) => {
      const actor = actorOf('x', [role]);
      const wrong: unknown[] = [];
      for (const type of objectsOf(schema))
        for (const field of fieldsOf(type))
          for (const purpose of PURPOSES) {
            const { text, ...outcome } = await tried(field, contextOf(actor, purpose));
            const expected = expectation(role, type, field, purpose);
            if (JSON.stringify(outcome) !== JSON.stringify(expected) || text.includes(PLANTED))
              wrong.push([`${type.name}.${field.name}`, purpose, outcome, expected]);
          }
      expect(wrong).toEqual([]);
    },
  );

  test('without a token every field that says a thing is refused', async () => {
    const open: string[] = [];
    for (const type of objectsOf(schema))
      for (const field of fieldsOf(type)) {
        const { code, text } = await tried(field, contextOf(ANONYMOUS));
        const isKey = nodesOf(type).some((node) =>
          directivesOf(node, 'key').some((one) => String(argumentOf(one)).split(' ').includes(field.name)),
        );
        const isPublicKey = isKey && classOf(type, field) === 'PUBLIC';
        const isExternal = directivesOf(field.astNode, 'external').length > 0;
        if ((code !== 'UNAUTHENTICATED' && !isPublicKey && !isExternal) || text.includes(PLANTED))
          open.push(`${type.name}.${field.name}`);
      }
    expect(open).toEqual([]);
  });

  test('a personal value that was shown was noted, and no other', async () => {
    const actor = actorOf('x', ['CLIENT']);
    for (const type of objectsOf(schema))
      for (const field of fieldsOf(type)) {
        const context = contextOf(actor);
        const { value } = await tried(field, context);
        const fieldClass = classOf(type, field);
        const isValue = isLeafType(getNamedType(field.type)) && field.name !== 'id';
        if (isValue && value === PLANTED && (fieldClass === 'PERSONAL' || fieldClass === 'SENSITIVE'))
          expect([type.name, field.name, context.reads.isEmpty]).toEqual([type.name, field.name, false]);
        if (fieldClass === 'PUBLIC' || fieldClass === 'INTERNAL') expect(context.reads.isEmpty).toBe(true);
      }
  });
});

describe('by _entities, as the gateway asks', () => {
  const keyed = schemas.flatMap(([service, schema]) =>
    objectsOf(schema)
      .filter((type) =>
        nodesOf(type).some((node) => directivesOf(node, 'key').some((one) => argumentOf(one) === 'id')),
      )
      .map((type) => [service, schema, type] as const),
  );

  test.each(keyed)(
    '%s answers each role the values of its entities as the table says',
    async (service, _, type) => {
      const sdl = loadSchema(new URL(`${service}/schema.graphql`, SERVICES));
      const schema = buildGuardedSchema(sdl, {
        [type.name]: { __resolveReference: (ref: object) => ({ ...ref, ...planted(type) }) },
      });
      const leaves = fieldsOf(type).filter(
        (field) =>
          isText(field) &&
          !field.args.some(({ type: of, defaultValue }) => isNonNullType(of) && defaultValue === undefined),
      );
      const source = `{ _entities(representations: [{ __typename: "${type.name}", id: "x" }]) { ... on ${type.name} { __typename ${leaves
        .map(({ name }) => `a_${name}: ${name}`)
        .join(' ')} } } }`;
      for (const role of roles) {
        const { data, errors = [] } = await graphql({
          schema,
          source,
          contextValue: contextOf(actorOf('x', [role])),
        });
        const [entity] = (data?.['_entities'] ?? []) as (Record<string, unknown> | null)[];
        expect(JSON.stringify(errors.map(({ message }) => message))).not.toContain(PLANTED);
        for (const field of leaves) {
          const own = schema.getType(type.name) as GraphQLObjectType;
          const { value } = expectation(role, own, own.getFields()[field.name]!, undefined);
          const shown = entity?.[`a_${field.name}`];
          if (value === undefined)
            expect([role, field.name, shown ?? null]).toEqual([role, field.name, null]);
          else if (entity !== null && entity !== undefined)
            expect([role, field.name, shown]).toEqual([role, field.name, isPlainText(field) ? value : shown]);
        }
      }
    },
  );

  const isText = (field: GraphQLField<unknown, Context>) =>
    isLeafType(getNamedType(field.type)) && !isEnumType(getNamedType(field.type)) && !isListType(field.type);
  const isPlainText = (field: GraphQLField<unknown, Context>) => getNamedType(field.type).name === 'String';
  const planted = (type: GraphQLObjectType) =>
    Object.fromEntries(
      fieldsOf(type).map((field) => [
        field.name,
        isPlainText(field) ? PLANTED : field.name === 'id' ? 'x' : null,
      ]),
    );
});
