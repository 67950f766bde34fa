import {
  decodeEach,
  decodeJson,
  defineFormat,
  type Framing,
  idOf,
  isIndex,
  isObject,
  keysOf,
  lastKey,
  optionalString,
  type Post,
  pointerReader,
  type TimeReader,
  timeReader,
  unexpected,
} from 'mood-exporter/plugin'
import { textReader } from '../html-option.ts'
import { jsonOptions } from './options.ts'

export default defineFormat({
  name: 'json',
  description: 'JSON of any shape: JSON pointers say where the text and the rest of a post are.',
  options: jsonOptions,
  async create(options) {
    const text = firstOf([options.text].flat().map(reader))
    const id = optionalReader(options.id)
    const time = optionalReader(options.time)
    const lang = optionalReader(options.lang)
    const author = optionalReader(options.author)
    const url = optionalReader(options.url)
    const idKey = lastKey(options.id ?? '')
    const each = options.each === undefined ? undefined : reader(options.each)
    const timeFormat = timeReader(options.time_format)
    const textOf = await textReader(options.html)
    const required = conditionsOf(options.where)
    const excluded = conditionsOf(options.where_not)

    function toPost(value: unknown, receivedAt: number): Post | null {
      if (!required.every(holds => holds(value)) || excluded.some(holds => holds(value))) return null
      const found = text.read(value)
      if (options.optional && isNone(found)) return null
      return {
        id: idOf(id.path, id.read(value)),
        text: textOf(joined(text.path, found)),
        createdAt: timeOf(time.path, time.read(value), timeFormat) ?? receivedAt,
        lang: optionalString(lang.path, lang.read(value)),
        author: optionalName(author.path, author.read(value)),
        url: optionalString(url.path, url.read(value)),
      }
    }

    function toPosts(value: unknown, receivedAt: number): Post | Post[] | null {
      if (each === undefined) return toPost(value, receivedAt)
      const elements = each.read(value)
      if (Array.isArray(elements))
        return decodeEach(elements, each.path, element => toPost(element, receivedAt))
      // The stream is already split into the elements of the array; a record without the array may be an element.
      if (text.read(value) === undefined) throw unexpected(each.path, 'an array', elements)
      return toPost(value, receivedAt)
    }

    return {
      framing: framingOf(options),
      // A record that is the text itself is not JSON within a string.
      decode: (record, { receivedAt }) =>
        decodeJson(record, idKey, value => toPosts(value, receivedAt), {
          nested: ![options.text].flat().includes(''),
        }),
    }
  },
})

/**
 * If pointers lead directly into an array, a record is an array; if `each` leads through objects, a record is an
 * element.
 */
function framingOf({ each, text, id, time, lang, author, url }: Partial<Record<string, unknown>>): Framing {
  if (typeof each === 'string') {
    const keys = keysOf(each)
    return keys.some(isIndex) ? { kind: 'json' } : { kind: 'json', each: keys }
  }
  const pointers = [text, id, time, lang, author, url].flat().filter(each => typeof each === 'string')
  return { kind: 'json', arrays: pointers.some(path => isIndex(keysOf(path)[0] ?? '')) ? 'whole' : 'cut' }
}

/** Reads a part of a post; `path` is its name in errors. */
const reader = (path: string) => ({ path: path || 'record', read: pointerReader(path) })

const absent = { path: '', read: () => undefined }

const optionalReader = (path: string | undefined) => (path === undefined ? absent : reader(path))

/** The result of the first reader that finds something. */
function firstOf(readers: readonly ReturnType<typeof reader>[]): ReturnType<typeof reader> {
  const [first] = readers as [ReturnType<typeof reader>]
  if (readers.length === 1) return first
  return {
    path: readers.map(({ path }) => path).join(' or '),
    read(value) {
      for (const { read } of readers) {
        const found = read(value)
        if (!isNone(found)) return found
      }
      return first.read(value)
    },
  }
}

/**
 * For each pointer, whether its value, or an element of it, is among the given values; a missing value counts as
 * null.
 */
const conditionsOf = (conditions: Readonly<Record<string, unknown>>) =>
  Object.entries(conditions).map(([path, wanted]) => {
    const read = pointerReader(path)
    const values = new Set([wanted].flat().map(String))
    return (value: unknown) => [read(value) ?? null].flat().some(each => values.has(String(each)))
  })

const isNone = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** A text, or one in parts: some chats store bold text or a link as an object between strings. */
function joined(path: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) throw unexpected(path, 'a string', value)
  return value
    .map((part, index) => {
      const text = isObject(part) ? part.text : part
      if (typeof text !== 'string')
        throw unexpected(`${path}/${index}`, 'a string or an object with a text', part)
      return text
    })
    .join('')
}

function timeOf(path: string, value: unknown, { parse, expected }: TimeReader): number | undefined {
  if (value === undefined || value === null) return undefined
  const time = typeof value === 'string' || typeof value === 'number' ? parse(String(value)) : Number.NaN
  if (Number.isNaN(time)) throw unexpected(path, expected, value)
  return time
}

function optionalName(path: string, value: unknown): string | undefined {
  return optionalString(path, typeof value === 'number' ? String(value) : value)
}
