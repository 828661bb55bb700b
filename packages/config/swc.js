// How TypeScript is compiled where it runs from source: as tsc does it. TypeORM reads the types that
// decorators leave behind, and a declared column must not become a field that overwrites what TypeORM has set.
export const swcOptions = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'es6' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      verbatimModuleSyntax: true,
    },
  },
};
