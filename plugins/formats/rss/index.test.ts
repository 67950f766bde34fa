import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const { decode, logged } = await testFormat(format)
const receivedAt = 1_700_000_000_000
const createdAt = 1_637_291_730_000

const item = `<item><title>So good</title><link>https://example.org/1?a=1&amp;b=2</link>
<guid isPermaLink="false">00012</guid><pubDate>Fri, 19 Nov 2021 03:15:30 GMT</pubDate><dc:creator>Jane</dc:creator>
<description>&lt;p&gt;isn&amp;#39;t &lt;b&gt;bad&lt;/b&gt;&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>All of it &amp; more</p>]]></content:encoded></item>`
const rss = (items: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Feed</title><language>en-us</language>${items}</channel></rss>`

test('reads RSS 2.0', () => {
  expect(decode(rss(item))).toEqual([
    {
      id: '00012',
      text: "So good\nisn't bad",
      createdAt,
      lang: 'en-us',
      author: 'Jane',
      url: 'https://example.org/1?a=1&b=2',
    },
  ])
})

test('takes the configured parts of an entry, each once', async () => {
  const texts = async (text: ('title' | 'summary' | 'content')[], feed: string) =>
    ([(await testFormat(format, { text })).decode(feed)].flat() as { text: string }[]).map(({ text }) => text)
  expect(await texts(['title'], rss(item))).toEqual(['So good'])
  expect(await texts(['content'], rss(item))).toEqual(['All of it & more'])
  expect(await texts(['title', 'summary', 'content'], rss(item))).toEqual([
    "So good\nisn't bad\nAll of it & more",
  ])
  const repeated = '<item><title>So good</title><description>So good, all of it</description></item>'
  expect(await texts(['title', 'summary'], rss(repeated))).toEqual(['So good, all of it'])
  expect(await texts(['content'], rss('<item><title>So good</title></item>'))).toEqual(['So good'])
})

test('reads Atom, whose texts declare their type', () => {
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>t</title>
<entry xml:lang="ko"><id>tag:1</id><title type="html">a &amp;lt;b&amp;gt; &lt;i&gt;c&lt;/i&gt;</title>
<updated>2021-11-20T00:00:00Z</updated><published>2021-11-19T03:15:30Z</published><author><name>/u/jane</name></author>
<link rel="self" href="https://example.org/self"/><link href="https://example.org/2"/>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">love <b>it</b> &amp; all</div></summary></entry>
<entry><id>tag:2</id><title>&lt;b&gt; is text</title><updated>2021-11-19T03:15:30Z</updated></entry></feed>`
  expect(decode(feed)).toEqual([
    {
      id: 'tag:1',
      text: 'a <b> c\nlove it & all',
      createdAt,
      lang: 'ko',
      author: '/u/jane',
      url: 'https://example.org/2',
    },
    { id: 'tag:2', text: '<b> is text', createdAt, lang: 'en' },
  ])
})

test('reads RSS 1.0, which is RDF', () => {
  const feed = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.org/"><title>t</title><dc:language>ko</dc:language></channel>
<item rdf:about="https://example.org/3"><title>so bad</title><link>https://example.org/3</link>
<description>really</description><dc:date>2021-11-19T12:15:30+09:00</dc:date><dc:creator>J</dc:creator></item></rdf:RDF>`
  expect(decode(feed)).toEqual([
    {
      id: 'https://example.org/3',
      text: 'so bad\nreally',
      createdAt,
      lang: 'ko',
      author: 'J',
      url: 'https://example.org/3',
    },
  ])
})

test('reads older RSS, and JSON Feed', () => {
  expect(
    decode('<rss version="0.91"><channel><title>x</title><item><title>t</title></item></channel></rss>', {
      receivedAt,
    }),
  ).toMatchObject([{ text: 't', createdAt: receivedAt }])
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: 'x',
    items: [
      {
        id: '1',
        content_html: '<p>so <b>good</b></p>',
        date_published: '2021-11-19T03:15:30Z',
        url: 'https://example.org/1',
      },
      { id: '2', content_text: '5 < 6', title: 'maths' },
    ],
  }
  expect(decode(JSON.stringify(feed), { receivedAt })).toMatchObject([
    { id: '1', text: 'so good', createdAt, url: 'https://example.org/1' },
    { id: '2', text: 'maths', createdAt: receivedAt },
  ])
})

test('entries without a guid are identified by title and time, because they may share a link', () => {
  const trend = (title: string, time = 'Fri, 19 Nov 2021 03:15:30 -0800') =>
    `<item><title>${title}</title><ht:approx_traffic>2000+</ht:approx_traffic><link>https://trends.google.com/trending/rss?geo=KR</link><pubDate>${time}</pubDate></item>`
  const feed = (items: string) =>
    `<rss xmlns:ht="https://trends.google.com/trending/rss" version="2.0"><channel><title>Daily</title>${items}</channel></rss>`
  const ids = (items: string, at = receivedAt) =>
    (decode(feed(items), { receivedAt: at }) as { id: string }[]).map(({ id }) => id)
  const [one, two] = ids(trend('galaxy') + trend('kettle'))
  expect(one).toMatch(/^[\w-]{22}$/)
  expect(two).not.toBe(one)
  expect(ids(trend('galaxy'), receivedAt + 1000)).toEqual([one])
  expect(ids(trend('galaxy', 'Sat, 20 Nov 2021 03:15:30 -0800'))).not.toEqual([one])
  const timeless = '<item><title>galaxy</title></item>'
  expect(ids(timeless, receivedAt + 1000)).toEqual(ids(timeless))
})

test('a guid that is a link is the URL, and an invalid link is left out', () => {
  expect(decode(rss('<item><title>t</title><guid>https://example.org/9</guid></item>'))).toMatchObject([
    { id: 'https://example.org/9', url: 'https://example.org/9' },
  ])
  const [post] = decode(rss('<item><title>t</title><link>javascript:x</link></item>')) as { url?: string }[]
  expect(post?.url).toBeUndefined()
})

test('an author in the manner of RSS is a name', () => {
  for (const [author, name] of [
    ['jane@example.org (Jane D.)', 'Jane D.'],
    ['Jane D.', 'Jane D.'],
  ])
    expect(decode(rss(`<item><title>t</title><author>${author}</author></item>`))).toMatchObject([
      { author: name },
    ])
})

test('an unreadable time is logged and replaced by the time of reading', () => {
  expect(
    decode(rss('<item><title>t</title><pubDate>yesterday</pubDate></item>'), { receivedAt }),
  ).toMatchObject([{ createdAt: receivedAt }])
  expect(logged).toMatchObject([{ level: 'warn', fields: { time: 'yesterday' } }])
})

test('texts contain no markup or entities, but keep text that only looks like them', () => {
  const text = (title: string) =>
    (decode(rss(`<item><title>${title}</title></item>`)) as { text: string }[])[0]?.text
  expect(text('R&amp;D &amp; more')).toBe('R&D & more')
  expect(text('R&D & more')).toBe('R&D & more')
  expect(text('caf&amp;eacute; &#128512; &lt;3')).toBe('café 😀 <3')
  expect(text('<![CDATA[a <b>b</b>]]>')).toBe('a b')
})

test('a feed without entries, and an entry without text, contain no post', () => {
  expect(decode(rss(''))).toBeNull()
  expect(decode(rss('<item><link>https://example.org/</link></item>'))).toBeNull()
})

test('entities of a document type are not expanded', () => {
  const bomb = `<!DOCTYPE rss [<!ENTITY a "boo"><!ENTITY b "&a;&a;&a;">]>${rss('<item><title>t &b;</title></item>').replace(/^<\?xml[^\n]*\n/, '')}`
  expect(decode(bomb)).toMatchObject([{ text: 't &b;' }])
})

test.each([
  '<!doctype html><html><body>Not found</body></html>',
  'not found',
  '{"error":"rate limited"}',
  '<rss version="2.0"><channel><title>C</title><item><title>one</title></item><item><title>tw',
  '<opml version="2.0"><body/></opml>',
])('rejects %s', document => {
  expect(rejection(() => decode(document))).toMatch(/^expected a feed, got /)
})

test('a damaged feed yields posts or a rejection, and never another error', () => {
  const quiet = { receivedAt }
  const documents = [rss(item), rss(`${item}<item><title>x</title><pubDate>2021-11-19</pubDate></item>`)]
  expect(fuzz(document => decode(document, quiet), documents, 1000)).toEqual([])
})
