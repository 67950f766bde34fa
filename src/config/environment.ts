import type { Path, PathProblem } from './problem.ts'
import { quote } from './problem.ts'

/** `$$`, or a complete reference, or the start of an incomplete one. */
const REFERENCE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}|\$\{[^}]{0,40}\}?/g

/** A plain decimal number. `1e5`, `0x1F` and `007` are more likely ids or tokens. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

/** The type that YAML would give to this value without quotes. */
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
 * Replaces environment references in the values of a parsed configuration. A variable cannot add keys or change the
 * structure, because parsing is done. Keys are not changed.
 *
 * `${NAME}` is the value of the variable, `${NAME:-default}` the default if it is unset or empty, `$$` a dollar sign;
 * any other dollar sign is literal. A value that consists of one reference becomes a number or boolean if it looks
 * like one, unless `isQuoted` says that it is in quotes.
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
