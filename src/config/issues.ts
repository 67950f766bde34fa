import { stringify } from 'yaml'
import type { z } from '../plugin/index.ts'
import { orList, type PathProblem, quote } from './problem.ts'
import { alternatives, itemOf, knownKeys, schemasAt, shapeOf } from './schema-walk.ts'
import { maskUrl } from './secrets.ts'
import { nearest, newNameOf, renamedKey, unknownKey } from './suggest.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

const TYPES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
}

/** The unit of a minimum or maximum, by type. */
const COUNTED: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
  map: ['key', 'keys'],
  record: ['key', 'keys'],
}

function amount(origin: string, n: number | bigint): string {
  const unit = COUNTED[origin]
  return unit ? `${n} ${unit[n === 1 ? 0 : 1]}` : String(n)
}

/** What a schema without a message of its own expected, for `error` of `safeParse`. */
export function expectation(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${orList(issue.values.map(value => (typeof value === 'string' ? quote(value) : String(value))))}`
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.origin, issue.minimum)}`
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.origin, issue.maximum)}`
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`
    case 'invalid_format':
      if (issue.format === 'regex') return `expected a text that matches ${issue.pattern}`
      return `expected a valid ${issue.format === 'url' ? 'URL' : issue.format}`
    default:
      return 'expected something else'
  }
}

/** The value that was found. Text is hidden if it may be a secret. */
function shown(value: unknown, secret: boolean): string {
  if (Array.isArray(value)) return 'a list'
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'object') return 'a mapping'
  if (secret) return `a ${typeof value === 'string' ? 'text' : typeof value} (not shown)`
  if (typeof value === 'string') return quote(maskUrl(value))
  // In YAML's notation.
  if (value === Infinity || value === -Infinity) return value > 0 ? '.inf' : '-.inf'
  return Number.isNaN(value) ? '.nan' : String(value)
}

/** The longest example that is made of a value. */
const LONGEST_EXAMPLE = 80

const isContainer = (value: unknown) => typeof value === 'object' && value !== null

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isContainer(inner) ? (inner as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  )
}

const isWrongType = ({ code, path }: Issue) =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')

/** The issues of the alternative of a union that was probably meant, or one issue that names all alternatives. */
function ofUnion(issue: Extract<Issue, { code: 'invalid_union' }>): Issue[] {
  if (issue.errors.length === 0) return [issue]
  const below = (issues: Issue[]) => issues.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] }))
  const alternatives = issue.errors.map(issues => issues.flatMap(simplify))
  const [meant] = alternatives.filter(issues => !issues.some(isWrongType)).sort((a, b) => a.length - b.length)
  if (meant) return below(meant)
  const expected = alternatives
    .flat()
    .filter(isWrongType)
    .map(({ message }) => message.replace(/^expected /, ''))
  return [{ ...issue, message: `expected ${orList([...new Set(expected)])}` }]
}

/** Splits an issue into issues for the user. */
function simplify(issue: Issue): Issue[] {
  return issue.code === 'invalid_union' ? ofUnion(issue) : [issue]
}

/**
 * The problems of a value in words: what was expected, and what was found.
 *
 * @param value what was validated, with {@link expectation} for messages
 * @param isSecret whether the value at a path must not be shown
 * @param moreKeys known keys beside those of the schema, at the top level
 */
export function explainIssues(
  error: z.ZodError,
  schema: z.ZodType,
  value: unknown,
  isSecret: (path: (string | number)[]) => boolean,
  moreKeys: readonly string[] = [],
): PathProblem[] {
  return error.issues.flatMap(simplify).flatMap((issue): PathProblem[] => {
    const path = issue.path.map(key => (typeof key === 'number' ? key : String(key)))
    if (issue.code === 'unrecognized_keys') {
      const known = [...new Set([...knownKeys(schema, path), ...(path.length === 0 ? moreKeys : [])])]
      return issue.keys.map(key => {
        const newName = newNameOf([...path, key])
        const message = newName === undefined ? unknownKey(key, known) : renamedKey(key, newName)
        return { path: [...path, key], message }
      })
    }
    if (issue.code === 'invalid_key') {
      const message = issue.issues[0]?.message ?? 'expected another name'
      return [{ path, message: `${message}, got ${quote(String(path.at(-1)))}` }]
    }
    const found = valueAt(value, path)
    const form = formExpected(issue, schema)
    const expected = form ?? issue.message
    if (found === undefined) return [{ path, message: `missing: ${expected}` }]
    const hint =
      form === undefined
        ? textHint(issue, found, schema) || keyHint(issue, found, schema, path, isSecret)
        : ''
    return [{ path, message: expected + got(issue, found, isSecret(path)) + hint }]
  })
}

const expectsText = (issue: Issue) => issue.code === 'invalid_type' && issue.expected === 'string'

/**
 * The expected form of a text: for `5`, a duration without its unit, "expected a text" would not help. The form comes
 * from the schema's message for the empty text.
 */
function formExpected(issue: Issue, schema: z.ZodType): string | undefined {
  if (!expectsText(issue)) return undefined
  const [option] = schemasAt(schema, issue.path)
  const problem = option
    ?.safeParse('', { error: expectation })
    .error?.issues.find(({ code }) => code === 'invalid_format')
  return problem?.message
}

/** A hint what to write if YAML reads an unquoted text as another type, or if one text is found instead of a list. */
function textHint(issue: Issue, found: unknown, schema: z.ZodType): string {
  if (expectsText(issue)) {
    if (typeof found === 'number' || typeof found === 'boolean') return '; put it in quotes'
    const isPair = isContainer(found) && !Array.isArray(found) && Object.keys(found as object).length === 1
    return isPair ? '; put a text that contains ": " in quotes' : ''
  }
  const isOneText =
    typeof found === 'string' && (issue.code === 'invalid_type' || issue.code === 'invalid_union')
  return isOneText && takesListOfTexts(schema, issue.path) ? `; write a list of one as [${quote(found)}]` : ''
}

/**
 * A hint what to write if one value is found instead of a mapping: the mapping with the only key that must be there or,
 * if none must, the only one that accepts the value.
 */
function keyHint(
  issue: Issue,
  found: unknown,
  schema: z.ZodType,
  path: (string | number)[],
  isSecret: (path: (string | number)[]) => boolean,
): string {
  if (issue.code !== 'invalid_type' || issue.expected !== 'object') return ''
  if (typeof found !== 'string' && typeof found !== 'number') return ''
  const options = Object.entries(schemasAt(schema, path).map(shapeOf).find(Boolean) ?? {})
  const required = options.filter(([, option]) => !option.safeParse(undefined).success)
  const fitting = (required.length > 0 ? required : options).filter(
    ([, option]) => option.safeParse(found).success,
  )
  const [key] = fitting[0] ?? []
  if (key === undefined || fitting.length > 1 || required.length > 1 || isSecret([...path, key])) return ''
  const isUrlWithPassword = typeof found === 'string' && maskUrl(found) !== found
  const example = stringify({ [key]: found }, { collectionStyle: 'flow', lineWidth: 0 }).trim()
  return isUrlWithPassword || example.length > LONGEST_EXAMPLE ? '' : `; write ${example}`
}

function takesListOfTexts(schema: z.ZodType, path: readonly PropertyKey[]): boolean {
  const items = schemasAt(schema, path).flatMap(alternatives).map(itemOf)
  return items.some(item => item?.safeParse('text').success)
}

/** `, got "kafka"`, unless the message already contains it or concerns several values. */
function got(issue: Issue, found: unknown, secret: boolean): string {
  if (/\bgot\b/.test(issue.message)) return ''
  if (Array.isArray(found) && (issue.code === 'too_small' || issue.code === 'too_big'))
    return `, got ${found.length}`
  if (isContainer(found) && issue.code === 'custom') return ''
  const near =
    issue.code === 'invalid_value' && typeof found === 'string' && !secret
      ? nearest(
          found,
          issue.values.filter(known => typeof known === 'string'),
        )
      : undefined
  return `, got ${shown(found, secret)}${near === undefined ? '' : `; did you mean ${quote(near)}?`}`
}
