import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc.js';

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
    '\\.ts$': ['@swc/jest', swcOptions],
  },
  globalSetup: ours('jest.servers.js'),
  globalTeardown: ours('jest.teardown.js'),
  setupFilesAfterEnv: [ours('jest.silence.js')],
  // Against what hangs, not against a slow machine.
  testTimeout: 120_000,
  maxWorkers: 2,
  // Modules that were loaded as ESM are never let go: a worker that has grown is replaced between two files.
  workerIdleMemoryLimit: '1GB',
};
