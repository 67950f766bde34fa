import { parseFeed } from 'feedsmith'
import { textOfHtml } from '../html.ts'

/** An entry of any kind of feed. Texts are without markup; '' if absent. */
export interface Entry {
  readonly id: string | undefined
  readonly title: string
  readonly summary: string
  readonly content: string
  /** The time as written. */
  readonly time: string | undefined
  readonly lang: string | undefined
  readonly author: string | undefined
  readonly url: string | undefined
}

/** The library's result, with times as text. */
const parsed = (document: string) => parseFeed(document)
type Parsed = ReturnType<typeof parsed>
type FeedOf<Format extends Parsed['format']> = Extract<Parsed, { format: Format }>['feed']
type ItemOf<Format extends 'rss' | 'rdf' | 'json'> = NonNullable<FeedOf<Format>['items']>[number]
type AtomEntry = NonNullable<FeedOf<'atom'>['entries']>[number]

/**
 * The entries of a feed.
 *
 * @throws Error if it is not a feed
 * @see https://www.rssboard.org/rss-specification RSS 2.0
 * @see https://www.rfc-editor.org/rfc/rfc4287 Atom
 * @see https://web.resource.org/rss/1.0/spec RSS 1.0, in RDF
 * @see https://www.jsonfeed.org/version/1.1/ JSON Feed
 */
export function readFeed(document: string): Entry[] {
  const { format, feed } = parsed(document)
  switch (format) {
    case 'rss':
      return (feed.items ?? []).map(item => fromRss(item, feed.language ?? feed.dc?.languages?.[0]))
    case 'rdf':
      return (feed.items ?? []).map(item => fromRdf(item, feed.dc?.languages?.[0]))
    case 'atom':
      return (feed.entries ?? []).map(entry => fromAtom(entry, feed.xml?.lang))
    case 'json':
      return (feed.items ?? []).map(item => fromJson(item, feed.language))
  }
}

function fromRss(item: ItemOf<'rss'>, feedLang: string | undefined): Entry {
  return {
    id: item.guid?.value,
    title: html(item.title),
    summary: html(item.description),
    content: html(item.content?.encoded),
    time: item.pubDate ?? item.dc?.dates?.[0] ?? item.atom?.published ?? item.atom?.updated,
    lang: language(item.dc?.languages?.[0] ?? feedLang),
    author: nameOf(item.dc?.creators?.[0] ?? item.authors?.[0]?.name ?? item.atom?.authors?.[0]?.name),
    url: link(item.link ?? (item.guid?.isPermaLink === false ? undefined : item.guid?.value)),
  }
}

function fromRdf(item: ItemOf<'rdf'>, feedLang: string | undefined): Entry {
  return {
    id: item.rdf?.about,
    title: html(item.title),
    summary: html(item.description),
    content: html(item.content?.encoded),
    time: item.dc?.dates?.[0],
    lang: language(item.dc?.languages?.[0] ?? feedLang),
    author: nameOf(item.dc?.creators?.[0]),
    url: link(item.link),
  }
}

function fromAtom(entry: AtomEntry, feedLang: string | undefined): Entry {
  const links = entry.links ?? []
  return {
    id: entry.id,
    title: textConstruct(entry.title),
    summary: textConstruct(entry.summary),
    content: textConstruct(entry.content),
    time: entry.published ?? entry.updated,
    lang: language(entry.xml?.lang ?? feedLang),
    author: nameOf(entry.authors?.[0]?.name),
    url: link((links.find(({ rel }) => rel === undefined || rel === 'alternate') ?? links[0])?.href),
  }
}

function fromJson(item: ItemOf<'json'>, feedLang: string | undefined): Entry {
  return {
    id: item.id,
    title: plain(item.title),
    summary: plain(item.summary),
    content: item.content_text === undefined ? html(item.content_html) : plain(item.content_text),
    time: item.date_published ?? item.date_modified,
    lang: language(item.language ?? feedLang),
    author: nameOf(item.authors?.[0]?.name),
    url: link(item.url),
  }
}

const plain = (text: string | undefined): string => text?.trim() ?? ''

/** RSS does not say whether a text is HTML; nearly all are, or are the same either way. */
const html = (text: string | undefined): string => textOfHtml(text ?? '').trim()

/** In Atom `type` is `text`, `html`, `xhtml` or a media type. */
function textConstruct(text: { value?: string | undefined; type?: string | undefined } | undefined): string {
  const { value, type = 'text' } = text ?? {}
  return type.includes('html') ? html(value) : plain(value)
}

const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i

const language = (code: string | undefined): string | undefined => {
  const trimmed = code?.trim().replaceAll('_', '-')
  return trimmed !== undefined && LANGUAGE.test(trimmed) ? trimmed : undefined
}

const nameOf = (author: string | undefined): string | undefined => author?.trim() || undefined

const link = (url: string | undefined): string | undefined =>
  url !== undefined && /^https?:\/\//i.test(url) ? url : undefined
