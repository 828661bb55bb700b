// Our own TypeScript runs from its source: './x.js' is './x.ts', and a workspace is its `source` export, so
// tests need no build. Packages from npm keep their own resolution; some publish a `source` export too.
const { sep } = require('node:path');

module.exports = (request, options) => {
  const { defaultResolver } = options;
  const isOurs = !options.basedir.includes(`${sep}node_modules${sep}`);
  if (isOurs && request.startsWith('@client-graph/'))
    return defaultResolver(request, { ...options, conditions: ['source', ...(options.conditions ?? [])] });
  if (isOurs && /^\.{1,2}\/.*\.js$/.test(request)) {
    try {
      return defaultResolver(request.replace(/js$/, 'ts'), options);
    } catch {
      return defaultResolver(request, options);
    }
  }
  return defaultResolver(request, options);
};
