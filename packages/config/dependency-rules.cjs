// Who may import whom (the README's house rules say why).
const OURS = '^(packages|services|gateway|infra)/';
const GENERATED = '/src/generated/';
const TEST = '\\.test\\.ts$';
const SERVICE = '^services/([^/]+)/src/';
const ROLE = (...roles) => `^services/[^/]+/(src/|src/.*[/.])(${roles.join('|')})\\.ts$`;
const PURE_KIT = '^packages/kit/src/(banned-phrases|refusals|decimal|money|time)\\.ts$';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid(
      'no-cycles',
      'Move what both need to the one that needs less. (The generated types may know the types they are mapped to.)',
      {},
      { circular: true, viaOnly: { pathNot: GENERATED } },
    ),
    forbid(
      'must-exist',
      'The import names a file or package that is not there.',
      {},
      { couldNotResolve: true },
    ),
    forbid(
      'no-tests-in-product',
      'Only tests import tests and testkit.',
      { path: OURS, pathNot: [TEST, '^packages/testkit/'] },
      { path: [TEST, '^packages/testkit/'] },
    ),
    forbid(
      'no-barrels',
      'An index.ts stands at a package root only: import the file that defines the thing.',
      {},
      { path: ['/src/.*/index\\.ts$', '^(services|gateway)/.*/index\\.ts$'] },
    ),

    forbid(
      'events-know-nobody',
      'The contracts depend on nothing of ours.',
      { path: '^packages/events/' },
      { path: OURS, pathNot: '^packages/events/' },
    ),
    forbid(
      'kit-knows-events',
      'kit imports packages/events and nothing else of ours.',
      { path: '^packages/kit/', pathNot: TEST },
      { path: OURS, pathNot: '^packages/(kit|events)/' },
    ),
    forbid(
      'testkit-knows-kit',
      'testkit imports kit, events and the local servers, no service.',
      { path: '^packages/testkit/' },
      { path: OURS, pathNot: '^(packages/(testkit|kit|events)|infra/local)/' },
    ),
    forbid(
      'services-know-packages',
      'A service imports packages: no other service, no gateway, no infra. It learns of others by their events.',
      { path: '^services/([^/]+)/' },
      { path: OURS, pathNot: ['^services/$1/', '^packages/'] },
    ),
    forbid(
      'gateway-knows-packages',
      'The gateway imports packages and no service.',
      { path: '^gateway/' },
      { path: OURS, pathNot: ['^gateway/', '^packages/'] },
    ),
    forbid(
      'infra-runs-them',
      'infra talks to services and gateway over the network, as others do.',
      { path: '^infra/' },
      { path: '^(services|gateway)/' },
    ),

    forbid(
      'rules-are-pure',
      'Rules import events, refusals, the calendar and money of kit, other rules, decimal.js, opencc-js and zod.',
      { path: ROLE('rules') },
      {
        pathNot: [
          '^packages/events/',
          PURE_KIT,
          ROLE('rules'),
          '\\.json$',
          'node_modules/(decimal\\.js|opencc-js|zod)/',
        ],
      },
    ),
    forbid(
      'entities-are-columns',
      'Entities import other entities and the types of their rules (Biome checks that it is types): columns, no behaviour.',
      { path: ROLE('entities') },
      { path: SERVICE, pathNot: ROLE('entities', 'rules') },
    ),
    forbid(
      'use-cases-know-no-callers',
      'Resolvers and handlers call use cases, never the reverse.',
      { path: SERVICE, pathNot: [ROLE('main', 'service', 'resolvers', 'handlers'), TEST, GENERATED] },
      { path: ROLE('main', 'service', 'resolvers', 'handlers'), pathNot: GENERATED },
    ),
    forbid(
      'dependencies-are-arguments',
      'Only the wiring (main.ts, service.ts) knows the environment and hands it on.',
      { path: SERVICE, pathNot: [ROLE('main', 'service'), TEST] },
      { path: ROLE('main', 'env') },
    ),
    forbid(
      'typeorm-stays-below',
      'TypeORM is imported by entities, use cases and kit.',
      {
        path: [
          ROLE('main', 'service', 'env', 'rules', 'resolvers', 'handlers'),
          '^(gateway|packages/events|infra)/',
        ],
      },
      { path: 'node_modules/typeorm/' },
    ),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.local)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
