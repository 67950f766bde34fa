import { createHash } from 'node:crypto'
import { defineFormat, InvalidRecord, messageOf, type Post, parseTime, shown, z } from 'mood-exporter/plugin'
import { type Entry, readFeed } from './feed.ts'

const PARTS = ['title', 'summary', 'content'] as const

export default defineFormat({
  name: 'rss',
  description: 'Feeds: RSS, Atom, RDF and JSON Feed, an entry a post.',
  options: z.object({
    text: z
      .array(z.enum(PARTS))
      .min(1)
      .default(['title', 'summary'])
      .describe(
        'What of an entry is the text, each part on lines of its own: the title, the summary (`description`), the whole content. Where there is none of them, another one is.',
      ),
  }),
  create({ text: wanted }, { log }) {
    /** When an entry was written; without a readable time, when it was received. */
    function writtenAt(written: string | undefined, receivedAt: number): number {
      if (written === undefined) return receivedAt
      const time = parseTime(written)
      if (!Number.isNaN(time)) return time
      log.warn('the time of an entry cannot be read: the post gets the time at which it was read', {
        time: written,
      })
      return receivedAt
    }

    function toPost(entry: Entry, receivedAt: number): Post | null {
      const text = textOf(entry, wanted)
      if (text === '') return null
      const { id, time, lang, author, url } = entry
      const createdAt = writtenAt(time, receivedAt)
      return { id: id ?? idBy(text, time), text, createdAt, lang, author, url }
    }

    return {
      framing: { kind: 'whole' },
      decode(document, { receivedAt }) {
        const posts = entriesOf(document).flatMap(entry => toPost(entry, receivedAt) ?? [])
        return posts.length > 0 ? posts : null
      },
    }
  },
})

/** @throws InvalidRecord if a document is not a feed */
function entriesOf(document: string): Entry[] {
  try {
    return readFeed(document)
  } catch (error) {
    throw new InvalidRecord(`expected a feed, got ${shown(document)} (${messageOf(error)})`)
  }
}

/**
 * The requested parts, otherwise the first available one. A part that another contains or begins with is left out.
 */
function textOf(entry: Entry, wanted: readonly (typeof PARTS)[number][]): string {
  const isThere = (part: string) => part !== ''
  const found = [...new Set(wanted.map(part => entry[part]).filter(isThere))]
  const parts =
    found.length > 0
      ? found
      : PARTS.map(part => entry[part])
          .filter(isThere)
          .slice(0, 1)
  return parts.filter(part => !parts.some(other => other !== part && other.startsWith(part))).join('\n')
}

/**
 * An id for an entry without one, from its text and time. The link is no id: in some feeds all entries have the same.
 */
function idBy(text: string, time: string | undefined): string {
  return createHash('sha256')
    .update(`${time ?? ''}\n${text}`)
    .digest('base64url')
    .slice(0, 22)
}
