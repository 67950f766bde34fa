import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import { nearest } from '../config/suggest.ts'
import { shown } from '../plugin/shown.ts'

/** What an instance of each kind must have: one of these functions. */
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
 * @throws TypeError if it lacks the function of its kind; names a function of the instance that is spelled like it
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

/** The names of what an object has, those of its class included. */
function namesOf(instance: object): string[] {
  const names: string[] = []
  for (let object = instance; object && object !== Object.prototype; object = Object.getPrototypeOf(object))
    names.push(...Object.getOwnPropertyNames(object).filter(name => name !== 'constructor'))
  return names
}
