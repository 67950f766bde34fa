import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import { nearest } from '../config/suggest.ts'
import { shown } from '../plugin/shown.ts'

/** The methods of each kind, of which an instance must have one. */
const METHODS: Readonly<Record<PluginKind, readonly string[]>> = {
  source: ['run'],
  format: ['decode'],
  scorer: ['score', 'scoreBatch'],
  extractor: ['extract'],
  output: ['write'],
}

/**
 * The instance that `create` returned.
 *
 * @throws TypeError if it has none of the methods of its kind; suggests a method with a similar name
 */
export function withMethods<T>(kind: PluginKind, instance: T): T {
  const methods = METHODS[kind]
  const expected = `an object with a function ${methods.map(name => `\`${name}\``).join(' or ')}`
  if (typeof instance !== 'object' || instance === null) {
    const hint =
      instance === undefined ? '; an arrow function needs parentheses to return one: `() => ({ … })`' : ''
    throw new TypeError(`expected \`create\` to return ${expected}, got ${shown(instance)}${hint}`)
  }
  if (methods.some(name => typeof (instance as Record<string, unknown>)[name] === 'function')) return instance
  const names = namesOf(instance)
  const [near] = methods.flatMap(method => {
    const similar = nearest(method, names)
    return similar === undefined || similar === method
      ? []
      : [`, got \`${similar}\`: rename it to \`${method}\``]
  })
  throw new TypeError(`expected \`create\` to return ${expected}${near ?? ''}`)
}

/** The property names of an object, including those of its class. */
function namesOf(instance: object): string[] {
  const names: string[] = []
  for (let object = instance; object && object !== Object.prototype; object = Object.getPrototypeOf(object))
    names.push(...Object.getOwnPropertyNames(object).filter(name => name !== 'constructor'))
  return names
}
