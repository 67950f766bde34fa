import { InvalidRecord, shown } from 'mood-exporter/plugin'

/** A column: its name, or its number from 1. */
export type ColumnRef = string | number

/** The parts of a post, and the default names of their columns. */
export const USUAL_NAMES = {
  text: ['text'],
  id: ['id'],
  time: ['time', 'created_at', 'createdAt'],
  lang: ['lang'],
  author: ['author'],
  url: ['url'],
} as const

export type Part = keyof typeof USUAL_NAMES

export type ColumnRefs = { readonly [part in Part]?: ColumnRef | undefined }

/** The index of each part's column; -1 for an absent part. */
export type Columns = { readonly [part in Part]: number } & {
  /** The number of columns in a line: exact if they are named, otherwise a minimum. */
  readonly count: number
  readonly named: boolean
}

/**
 * Finds the columns of the parts of a post. White space around names is ignored, and so is case, unless several names
 * differ only by case.
 *
 * @param names of all columns in order; null if they have none
 * @throws InvalidRecord if a column does not exist, or there is none for the text
 */
export function findColumns(refs: ColumnRefs, names: readonly string[] | null): Columns {
  const find = (part: Part) => {
    const ref = refs[part]
    if (ref === undefined) return names === null ? -1 : indexOfFirst(names, USUAL_NAMES[part])
    const index = typeof ref === 'number' ? ref - 1 : names === null ? -1 : indexOfFirst(names, [ref])
    if (index < 0 || (names !== null && index >= names.length))
      throw new InvalidRecord(`${part}: expected one of the ${listed(names)}, got ${shown(ref)}`)
    return index
  }
  const found = { text: find('text'), id: find('id'), time: find('time'), lang: find('lang') }
  const columns = { ...found, author: find('author'), url: find('url') }
  if (columns.text < 0) {
    const which =
      names === null ? 'columns have numbers only' : `none of the ${listed(names)} is named "text"`
    throw new InvalidRecord(
      `text: ${which}; say which it is, such as \`text: ${names === null ? 2 : 'review'}\``,
    )
  }
  const count = names?.length ?? Math.max(...Object.values(columns)) + 1
  return { ...columns, count, named: names !== null }
}

/** The first column with one of the names: with the same case, otherwise with any. */
function indexOfFirst(names: readonly string[], wanted: readonly string[]): number {
  const trimmed = names.map(name => name.trim())
  for (const same of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const sought = wanted.map(same)
    const index = trimmed.findIndex(name => sought.includes(same(name)))
    if (index >= 0) return index
  }
  return -1
}

const listed = (names: readonly string[] | null) =>
  names === null ? 'columns by number' : `columns ${names.map(name => shown(name)).join(', ')}`
