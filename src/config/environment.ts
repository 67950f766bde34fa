import type { Path, PathProblem } from './problem.ts'
import { quote } from './problem.ts'

/** `$$`, or a whole reference, or the start of one that is not whole. */
const REFERENCE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}|\$\{[^}]{0,40}\}?/g

/** A plain decimal number: not `1e5`, `0x1F` or `007`, which are rather ids and tokens than amounts. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

/** What YAML would have made of a value that stood there without quotes. */
function asYaml(text: string): string | number | boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  if (!NUMBER.test(text)) return text
  const number = Number(text)
  return Number.isSafeInteger(number) || text.includes('.') ? number : text
}

export interface Expanded {
  value: unknown
  problems: PathProblem[]
}

/**
 * Puts the environment into the values of a configuration that was already parsed, so that no variable can add a key
 * or change the structure. Keys stay as they are.
 *
 * `${NAME}` is the variable's value, `${NAME:-default}` the default where it is unset or empty, `$$` a dollar sign; any
 * other dollar sign is itself. A value that is one whole reference and nothing else is taken for the number or boolean
 * that it looks like, unless `isQuoted` says that it is in quotes.
 */
export function expandEnvironment(
  value: unknown,
  env: NodeJS.ProcessEnv,
  isQuoted: (path: Path) => boolean = () => false,
): Expanded {
  const problems: PathProblem[] = []

  const expandText = (text: string, path: Path): unknown => {
    let whole = false
    const expanded = text.replace(
      REFERENCE,
      (match, name: string | undefined, otherwise: string | undefined) => {
        if (match === '$$') return '$'
        if (name === undefined) {
          const message = `expected a reference such as \${NAME} or \${NAME:-default}, got ${quote(match)}; write $$ for a dollar sign`
          problems.push({ path: [...path], message })
          return match
        }
        whole = match === text
        const found = env[name]
        if (found !== undefined && (found !== '' || otherwise === undefined)) return found
        if (otherwise !== undefined) return otherwise
        const message = `the environment variable ${name} is not set; set it, or write \${${name}:-default}`
        problems.push({ path: [...path], message })
        return match
      },
    )
    return whole && !isQuoted(path) ? asYaml(expanded) : expanded
  }

  const expand = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return value.includes('$') ? expandText(value, path) : value
    if (Array.isArray(value)) return value.map((item, i) => expand(item, [...path, i]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, [...path, key])]))
  }

  return { value: expand(value, []), problems }
}
