import { type AnyErrorCode, MoodError } from '../catalogue/errors.ts'

/** The path of a value in the configuration: `['sources', 0, 'brokers']`. */
export type Path = readonly (string | number)[]

/** A problem of a configuration file, and its place. */
export interface Problem {
  /** The path of the file as the user gave it. */
  file: string
  /** Counted from 1; 0 if it concerns the file as a whole. */
  line: number
  column: number
  /** `sources[0].brokers`; empty for the whole file. */
  path: string
  message: string
  code: AnyErrorCode
}

/** A problem of a value, without its place in a file. */
export interface PathProblem {
  path: (string | number)[]
  message: string
  /** The line within the text at the path, counted from 1, if it does not concern the whole text. */
  lineOfText?: number
}

/** Sorts problems in the order of the file. */
export const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column

/** `mood.yml:12 sources[0].brokers: expected "host:port", got "kafka" (ERR_CONFIG_INVALID)` */
export const formatProblem = (problem: Problem): string =>
  `${placeOf(problem)}: ${problem.message} (${problem.code})`

/** `mood.yml:12 topics.tea.any[0]: warning: matches no post` */
export const formatWarning = (problem: Problem): string => `${placeOf(problem)}: warning: ${problem.message}`

function placeOf({ file, line, path }: Problem): string {
  const place = line > 0 ? `${file}:${line}` : file
  return path === '' ? place : `${place} ${path}`
}

/** `sources[0].brokers`; a key that is not a plain word is quoted: `topics["galaxy s26"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!/^[\p{L}\p{N}_-]+$/u.test(key)) return `${text}[${quote(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

const LONGEST = 60

/** Quotes a text from a user for a message: control characters are escaped, a long text is cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
}

/** A configuration that cannot be used, with all its problems; the message has a line for each. */
export class ConfigError extends MoodError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems[0]?.code ?? 'ERR_CONFIG_INVALID', problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}
