import { fileURLToPath } from 'node:url';

const ours = (file) => fileURLToPath(new URL(file, import.meta.url));

export default {
  roots: ['packages', 'services', 'gateway', 'infra'].map((folder) => `<rootDir>/${folder}`),
  testMatch: ['**/src/**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/', '/\\.local/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  resolver: ours('jest.resolver.cjs'),
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          // What tsc does with the same code: TypeORM reads the types that decorators leave behind, and
          // a declared column must not become a field that overwrites what TypeORM has set.
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
            verbatimModuleSyntax: true,
          },
        },
      },
    ],
  },
  globalSetup: ours('jest.servers.js'),
  globalTeardown: ours('jest.teardown.js'),
  setupFilesAfterEnv: [ours('jest.silence.js')],
  testTimeout: 30_000,
  maxWorkers: 2,
};
