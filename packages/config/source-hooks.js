// Module hooks for scripts that import our TypeScript without a build (see source.js).
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { swcOptions } from './swc.js';

export function resolve(specifier, context, next) {
  if (specifier.startsWith('@client-graph/'))
    return next(specifier, { ...context, conditions: ['source', ...context.conditions] });
  if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts'))
    return next(specifier.replace(/\.js$/, '.ts'), context);
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { ...swcOptions, filename });
  return { format: 'module', source: code, shortCircuit: true };
}
