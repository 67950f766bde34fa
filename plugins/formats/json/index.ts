import {
  decodeEach,
  decodeWithIds,
  defineFormat,
  idOf,
  lastKey,
  optionalString,
  type Post,
  pointer,
  pointerReader,
  timeOf,
  unexpected,
  z,
} from 'mood-exporter/plugin'
import { makePost } from '../shared/fields.ts'

export default defineFormat({
  name: 'json',
  description: 'JSON of any shape: JSON pointers say where the text and the rest of a post are.',
  options: z.object({
    text: pointer().default('/text').describe('Where the text is, as a JSON pointer.'),
    id: pointer().optional().describe('Where the id is: a string or a whole number.'),
    time: pointer().optional().describe('Where the time is: ISO 8601, or Unix seconds or milliseconds.'),
    lang: pointer().optional().describe('Where the language is.'),
    author: pointer().optional().describe('Where the author is: a string or a number.'),
    url: pointer().optional().describe('Where the URL is.'),
    each: pointer()
      .optional()
      .describe(
        'Where an array of posts is, if a record holds several; the rest then start from its elements.',
      ),
  }),
  create(options) {
    const text = reader(options.text)
    const id = optionalReader(options.id)
    const time = optionalReader(options.time)
    const lang = optionalReader(options.lang)
    const author = optionalReader(options.author)
    const url = optionalReader(options.url)
    const idKey = lastKey(options.id ?? '')
    const each = options.each === undefined ? undefined : reader(options.each)

    const toPost = (value: unknown, receivedAt: number): Post =>
      makePost(
        idOf(id.path, id.read(value)),
        requiredString(text.path, text.read(value)),
        timeOf(time.path, time.read(value), receivedAt),
        optionalString(lang.path, lang.read(value)),
        optionalName(author.path, author.read(value)),
        optionalString(url.path, url.read(value)),
        undefined,
      )

    return {
      decode: (record, { receivedAt }) =>
        decodeWithIds(record, idKey, value => {
          if (each === undefined) return toPost(value, receivedAt)
          const elements = each.read(value)
          if (!Array.isArray(elements)) throw unexpected(each.path, 'an array', elements)
          return decodeEach(elements, each.path, element => toPost(element, receivedAt))
        }),
    }
  },
})

/** Finds a part of a post; `path` is what errors call it. */
const reader = (path: string) => ({ path: path || 'record', read: pointerReader(path) })

const absent = { path: '', read: () => undefined }

const optionalReader = (path: string | undefined) => (path === undefined ? absent : reader(path))

function requiredString(path: string, value: unknown): string {
  if (typeof value !== 'string') throw unexpected(path, 'a string', value)
  return value
}

function optionalName(path: string, value: unknown): string | undefined {
  return optionalString(path, typeof value === 'number' ? String(value) : value)
}
