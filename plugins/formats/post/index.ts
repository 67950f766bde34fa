import {
  decodeEach,
  decodeJson,
  defineFormat,
  idOf,
  isObject,
  optionalString,
  type Post,
  timeOf,
  unexpected,
  z,
} from 'mood-exporter/plugin'
import { htmlOption, textReader } from '../html-option.ts'

export default defineFormat({
  name: 'post',
  description:
    "The exporter's own JSON: an object with text and, if known, id, createdAt, lang, author, url, topics.",
  options: z.object({ html: htmlOption() }),
  async create({ html }) {
    const textOf = await textReader(html)

    function toPost(value: unknown, receivedAt: number): Post {
      if (!isObject(value)) throw unexpected('record', 'an object', value)
      const { text } = value
      if (typeof text !== 'string') throw unexpected('text', 'a string', text)
      return {
        id: idOf('id', value.id),
        text: textOf(text),
        createdAt: timeOf('createdAt', value.createdAt ?? value.created_at, receivedAt),
        lang: optionalString('lang', value.lang),
        author: optionalString('author', value.author),
        url: optionalString('url', value.url),
        topics: namesOf('topics', value.topics),
        emotes: namesOf('emotes', value.emotes),
      }
    }

    return {
      framing: { kind: 'json' },
      decode: (record, { receivedAt }) =>
        decodeJson(record, 'id', value =>
          Array.isArray(value)
            ? decodeEach(value, 'record', element => toPost(element, receivedAt))
            : toPost(value, receivedAt),
        ),
    }
  },
})

function namesOf(key: 'topics' | 'emotes', value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw unexpected(key, 'an array of strings', value)
  for (let index = 0; index < value.length; index++)
    if (typeof value[index] !== 'string') throw unexpected(`${key}[${index}]`, 'a string', value[index])
  return value
}
