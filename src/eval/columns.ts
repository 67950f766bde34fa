import { orList, quote } from '../config/problem.ts'
import { labelOfWord, numberOf } from './labels.ts'

export const PARTS = ['label', 'text', 'lang', 'kind', 'pair'] as const

/** The parts that are read from each line. */
export type Part = (typeof PARTS)[number]

/** The default names of columns, or of fields of JSON, in lower case. */
const USUAL_NAMES: Record<Part, readonly string[]> = {
  label: ['label', 'sentiment', 'rating', 'stars', 'polarity', 'class', 'target', 'gold', 'score'],
  text: ['text', 'tweet', 'post', 'content', 'review', 'document', 'sentence', 'message', 'comment', 'body'],
  lang: ['lang', 'language'],
  kind: ['kind', 'category', 'group'],
  pair: ['pair'],
}

/** The required parts. */
export const NEEDED = ['label', 'text'] as const satisfies readonly Part[]

/** The value of `--columns`. */
export type ColumnsOption =
  /** The part in each column, in order. */
  | { names: readonly string[] }
  /** The column of each part: its name, or its number from 1. */
  | { refs: Partial<Record<Part, string>> }

/** The positions of the parts in a line. */
export interface Columns {
  /** The index of each part's column; -1 for an absent part. */
  at: Record<Part, number>
  /** The number of columns in a line; undefined if any number is valid. */
  count?: number
  /** Whether the first line is a header instead of a post. */
  hasHeader: boolean
  /** For the report: `label in column 1 "rating", text in column 2 "review"`. */
  said: string
}

/** Parses `label,text,lang` or `label=rating,text=review`. @throws Error that says what was expected */
export function parseColumns(option: string): ColumnsOption {
  const items = option.split(',').map(item => item.trim())
  const named = items.filter(item => item.includes('='))
  if (named.length > 0 && named.length < items.length)
    throw new Error('expected "label,text" or "label=NAME,text=NAME", got a mixture')
  if (named.length > 0) {
    const refs: Partial<Record<Part, string>> = {}
    for (const item of items) {
      const [part = '', ref = ''] = item.split(/=(.*)/s).map(side => side.trim())
      if (!isPart(part) || ref === '')
        throw new Error(`expected ${orList(PARTS.map(part => `${part}=…`))}, got ${quote(item)}`)
      refs[part] = ref
    }
    return { refs }
  }
  for (const part of NEEDED)
    if (!items.includes(part)) throw new Error(`expected a column "${part}" among them, got ${quote(option)}`)
  return { names: items }
}

const isNeeded = (part: Part) => (NEEDED as readonly Part[]).includes(part)
const isPart = (part: string): part is Part => (PARTS as readonly string[]).includes(part)

/** The name of each part among the given names: the requested one, otherwise a usual one. */
export function findNames(
  names: readonly string[],
  refs: Partial<Record<Part, string>> = {},
): Partial<Record<Part, string>> {
  const wanted = (part: Part) => {
    const ref = refs[part]
    if (ref !== undefined) return names.find(name => name === ref)
    const usual = USUAL_NAMES[part].find(usual => names.some(name => plain(name) === usual))
    return names.find(name => plain(name) === usual)
  }
  return Object.fromEntries(PARTS.map(part => [part, wanted(part)]).filter(([, name]) => name !== undefined))
}

/**
 * Finds the columns by the option and the first line.
 *
 * @throws Error if they are ambiguous
 */
export function findColumns(first: readonly string[], option?: ColumnsOption): Columns {
  if (option && 'names' in option) return byOrder(option.names, first)
  const refs = option?.refs ?? {}
  if (Object.values(refs).length > 0 && Object.values(refs).every(ref => /^\d+$/.test(ref)))
    return byNumber(refs, first)
  const found = findNames(first, refs)
  const missing = PARTS.filter(
    part => found[part] === undefined && (refs[part] !== undefined || isNeeded(part)),
  )
  if (missing.length === 0)
    return columnsAt(part => (found[part] === undefined ? -1 : first.indexOf(found[part])), first, {
      count: first.length,
      hasHeader: true,
    })
  const asked = missing.find(part => refs[part] !== undefined)
  if (asked)
    throw new Error(`expected a column ${quote(refs[asked] as string)} in the header, got ${listed(first)}`)
  const guess = option ? undefined : guessed(first)
  if (guess) return guess
  throw new Error(
    `it is not clear which column is the ${missing[0]}: the first line is ${listed(first)}; say --columns label,text ` +
      '(one word for each column) or --columns label=NAME,text=NAME',
  )
}

/** Two columns without names, of which only one can be a label. */
function guessed(first: readonly string[]): Columns | undefined {
  const labels = [0, 1].filter(i => first.length === 2 && isLabel(first[i] as string))
  if (labels.length !== 1) return undefined
  const label = labels[0] as number
  const columns = columnsAt(part => (part === 'label' ? label : part === 'text' ? 1 - label : -1), first, {
    count: 2,
    hasHeader: false,
  })
  return { ...columns, said: `${columns.said} (there is no header: a guess by the first line)` }
}

const isLabel = (text: string) => labelOfWord(text) !== undefined || numberOf(text) !== undefined

function byOrder(names: readonly string[], first: readonly string[]): Columns {
  const label = names.indexOf('label')
  const hasHeader = isUsual(first[label] ?? '')
  return columnsAt(part => names.indexOf(part), hasHeader ? first : [], { count: names.length, hasHeader })
}

function byNumber(refs: Partial<Record<Part, string>>, first: readonly string[]): Columns {
  for (const part of NEEDED)
    if (refs[part] === undefined) throw new Error(`expected the number of the column ${part} too`)
  const at = (part: Part) => Number(refs[part] ?? 0) - 1
  const beyond = PARTS.find(part => refs[part] !== undefined && !(at(part) in first))
  if (beyond)
    throw new Error(`expected a column ${refs[beyond]} for the ${beyond}, got ${first.length} columns`)
  return columnsAt(at, [], { hasHeader: isUsual(first[at('label')] ?? '') })
}

function columnsAt(
  at: (part: Part) => number,
  header: readonly string[],
  more: { count?: number; hasHeader: boolean },
): Columns {
  const places = Object.fromEntries(PARTS.map(part => [part, at(part)])) as Record<Part, number>
  const said = PARTS.filter(part => places[part] >= 0).map(part => {
    const name = more.hasHeader ? header[places[part]] : undefined
    return `${part} in column ${places[part] + 1}${name === undefined ? '' : ` ${quote(name)}`}`
  })
  return { at: places, said: said.join(', '), ...more }
}

/** Whether a cell is a usual name of the label column. */
const isUsual = (cell: string) => USUAL_NAMES.label.includes(plain(cell))

const plain = (name: string) => name.trim().toLowerCase()

const listed = (first: readonly string[]) =>
  first.length > 8
    ? `${first.length} columns, ${first.slice(0, 8).map(quote).join(', ')}, …`
    : first.map(quote).join(', ')
