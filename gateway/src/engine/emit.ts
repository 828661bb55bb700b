/** What may stand in generated code as a property: GraphQL's names, which are JavaScript's too. */
const NAME = /^[_A-Za-z]\w*$/;

/** Names that every JavaScript object answers to without having them: `constructor`, `__proto__`, `toString` … */
const isInherited = (name: string): boolean => name in Object.prototype;

const own = (object: object, name: string): unknown =>
  Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;

/**
 * Collects functions as text and makes them real at once. The only place where text becomes code: what comes from an operation
 * enters it as a checked name or as a JSON string, everything else as a constant by reference.
 */
export class Emitter {
  readonly #functions: string[] = [];
  readonly #constants: unknown[] = [own];
  #names = 0;

  /** Keeps a value and answers with the name by which generated code knows it. */
  constant(value: unknown): string {
    const known = this.#constants.indexOf(value);
    return `k${known < 0 ? this.#constants.push(value) - 1 : known}`;
  }

  fresh(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  add(source: string): void {
    this.#functions.push(source);
  }

  /** An expression that reads a property which a service's answer may or may not have. */
  read(object: string, name: string): string {
    checked(name);
    return isInherited(name) ? `k0(${object}, ${JSON.stringify(name)})` : `${object}.${name}`;
  }

  /** A key of an object literal. */
  key(name: string): string {
    return name === '__proto__' ? '["__proto__"]' : checked(name);
  }

  /** A statement that sets a property. */
  write(object: string, name: string, value: string): string {
    return isInherited(checked(name))
      ? `Object.defineProperty(${object}, ${JSON.stringify(name)}, { value: ${value}, writable: true, enumerable: true, configurable: true });`
      : `${object}.${name} = ${value};`;
  }

  /** Runs the functions' declarations and answers with the value of an expression over them. */
  build<Built>(expression: string): Built {
    const constants = this.#constants.map((_, index) => `k${index} = c[${index}]`).join(', ');
    const make = new Function(
      'c',
      `"use strict"; const ${constants};\n${this.#functions.join('\n')}\nreturn ${expression};`,
    );
    return make(this.#constants);
  }
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new Error(`${JSON.stringify(name)} is no GraphQL name.`);
  return name;
}
