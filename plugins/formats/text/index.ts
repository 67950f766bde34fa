import { defineFormat, InvalidRecord, type Post, shown, timeReader, unexpected } from 'mood-exporter/plugin'
import { textReader } from '../html-option.ts'
import { compiled, textOptions } from './options.ts'

/** A time of day, or a position in a video: `12:00:03`, `0:02:00.721`, `9:41 PM`. */
const WITHOUT_DATE = /^\d{1,3}(?::\d\d){1,2}(?:[.,]\d{1,9})?\s*(?:[AaPp]\.?[Mm]\.?)?$/

export default defineFormat({
  name: 'text',
  description: 'Plain text: a line is a post, or a part of it is that a pattern finds.',
  options: textOptions,
  async create({ lang, trim, pattern, optional, time_format, html }, { log }) {
    const expression = pattern === undefined ? undefined : compiled(pattern)
    const timeFormat = timeReader(time_format)
    const textOf = await textReader(html)
    const cut = (text: string) => (trim ? text.trim() : text)

    let warned = false

    /** When a post was written; when it was received, if the time has no date. */
    function writtenAt(time: string, receivedAt: number): number {
      const written = timeFormat.parse(time)
      if (!Number.isNaN(written)) return written
      if (!WITHOUT_DATE.test(time.trim())) throw unexpected('time', timeFormat.expected, time)
      if (!warned) log.warn('times have no date: posts get the time at which they are read', { time })
      warned = true
      return receivedAt
    }

    function matched(line: string, expression: RegExp, receivedAt: number): Post | null {
      const groups = expression.exec(line)?.groups
      if (groups === undefined) {
        if (optional) return null
        throw new InvalidRecord(`expected a line that the pattern matches, got ${shown(line)}`)
      }
      const { text = '', time, author, id, url } = groups
      const createdAt = time ? writtenAt(time, receivedAt) : receivedAt
      if (text.trim() === '') return null
      return {
        id: id || undefined,
        text: cut(textOf(text)),
        createdAt,
        lang: groups.lang || lang,
        author: author || undefined,
        url: url || undefined,
      }
    }

    return {
      decode(line, { receivedAt }) {
        if (line.trim() === '') return null
        if (expression) return matched(line, expression, receivedAt)
        return { text: cut(textOf(line)), createdAt: receivedAt, lang }
      },
    }
  },
})
