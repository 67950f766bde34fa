import {
  isObject,
  isUnknownLanguage,
  type JsonObject,
  type Post,
  parseTime,
  primaryLanguage,
} from 'mood-exporter/plugin'
import { type Commit, POSTS, type StreamEvent } from './frames.ts'

/** Tags that a post may have beside its text, by the lexicon of posts. */
const MAX_TAGS = 8

export interface Selection {
  /** Primary languages; null for all. */
  languages: ReadonlySet<string> | null
  replies: boolean
  quotes: boolean
}

/** How an event counts that is not emitted as a post. */
export type Skipped = 'other' | 'deleted' | 'updated' | 'reply' | 'quote' | 'language' | 'invalid'

/**
 * The post of an event, or the reason why there is none. Updates are left out: the post would count twice. The time
 * is the earlier of the post's own time and the time it was seen, as in Bluesky's own sorting: the former comes from
 * the author's app and may be wrong.
 *
 * @see https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json
 */
export function postOf({ did, at, commit }: StreamEvent, selection: Selection): Post | Skipped {
  if (commit === null) return 'other'
  if (commit.operation === 'delete') return 'deleted'
  if (commit.operation !== 'create') return 'updated'
  const { record, rkey } = commit
  if (!isObject(record) || typeof record.text !== 'string') return 'invalid'
  if (!selection.replies && isObject(record.reply)) return 'reply'
  if (!selection.quotes && isQuote(record.embed)) return 'quote'
  const languages = languagesOf(record)
  if (!isWanted(languages, selection.languages)) return 'language'
  const seenAt = Math.floor(at / 1000)
  const writtenAt = typeof record.createdAt === 'string' ? parseTime(record.createdAt) : Number.NaN
  return {
    id: idOf(did, commit),
    text: withTags(record.text, record),
    createdAt: Number.isNaN(writtenAt) ? seenAt : Math.min(writtenAt, seenAt),
    // With several languages, none is the post's.
    lang: languages.length === 1 ? languages[0] : undefined,
    author: did,
    url: `https://bsky.app/profile/${did}/post/${rkey}`,
  }
}

const idOf = (did: string, { rkey }: Commit): string => `at://${did}/${POSTS}/${rkey}`

const languagesOf = ({ langs }: JsonObject): string[] =>
  Array.isArray(langs)
    ? langs.filter((lang): lang is string => typeof lang === 'string' && !isUnknownLanguage(lang))
    : []

const isWanted = (languages: readonly string[], wanted: Selection['languages']): boolean =>
  wanted === null ||
  languages.length === 0 ||
  languages.some(language => wanted.has(primaryLanguage(language)))

/** A quoted post may come with pictures; a quoted list or feed is not a quote. */
function isQuote(embed: unknown): boolean {
  if (!isObject(embed)) return false
  const record = isObject(embed.record) && isObject(embed.record.record) ? embed.record.record : embed.record
  return isObject(record) && typeof record.uri === 'string' && record.uri.includes(`/${POSTS}/`)
}

/** The text with its remaining tags appended, so that hashtag extraction finds them. */
function withTags(text: string, record: JsonObject): string {
  const missing = [...tagsOf(record)].filter(tag => !text.toLowerCase().includes(`#${tag.toLowerCase()}`))
  return missing.length === 0 ? text : `${text} ${missing.map(tag => `#${tag}`).join(' ')}`
}

function tagsOf({ tags, facets }: JsonObject): Set<string> {
  const found = new Set<string>()
  const add = (tag: unknown) => {
    // A tag may contain spaces, a hashtag may not.
    if (typeof tag === 'string' && /^[^\s#]{1,64}$/u.test(tag) && found.size < MAX_TAGS) found.add(tag)
  }
  if (Array.isArray(tags)) for (const tag of tags) add(tag)
  if (Array.isArray(facets))
    for (const facet of facets)
      if (isObject(facet) && Array.isArray(facet.features))
        for (const feature of facet.features) if (isObject(feature)) add(feature.tag)
  return found
}
