import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import csv from '../plugins/formats/csv/index.ts'
import json from '../plugins/formats/json/index.ts'
import { PLUGIN_KINDS } from '../src/catalogue/plugin-kinds.ts'
import { encodingNamed, LINES, type Post, recordSplitter, textStream } from '../src/plugin/index.ts'
import { testFormat } from '../src/plugin/testing.ts'
import { ROOT } from './support/package.ts'

const page = readFileSync(join(ROOT, 'docs/formats.md'), 'utf8')
const receivedAt = 1_700_000_000_000

interface Recipe {
  encoding?: string
  format: { use: 'json' | 'csv'; [option: string]: unknown }
}

/** The recipe of the page whose introduction begins so. */
function recipe(start: string): Recipe {
  const [, block = ''] = page.slice(page.indexOf(`\n${start}`)).split(/```yaml\n|```\n/)
  return parse(block).sources[0]
}

/** What becomes of a file by a recipe: its posts, and the reasons for which records are dropped. */
async function read({ encoding, format: { use, ...options } }: Recipe, file: string | Uint8Array) {
  const tested = use === 'csv' ? await testFormat(csv, options) : await testFormat(json, options)
  const { header: needsHeader, framing = LINES } = tested.format
  const posts: Post[] = []
  const dropped: string[] = []
  let header: string | undefined
  const splitter = recordSplitter(framing, 65_536, {
    record(bytes) {
      const record = Buffer.from(bytes).toString()
      if (needsHeader && header === undefined) {
        header = record
        return
      }
      const outcome = tested.outcome(record, { receivedAt, ...(header === undefined ? {} : { header }) })
      posts.push(...outcome.posts)
      if (outcome.dropped) dropped.push(outcome.dropped.reason)
    },
    oversized: () => dropped.push('oversized'),
  })
  async function* chunks() {
    yield Buffer.from(file as string)
  }
  const text = textStream(chunks(), { encoding: encoding && encodingNamed(encoding) })
  for await (const chunk of text) splitter.write(chunk)
  splitter.end()
  return { posts, dropped }
}

test('the page has every format', () => {
  const rows = [...page.matchAll(/^\| \[`([\w-]+)`\]\(\.\.\/plugins\/formats\/([\w-]+)\/README\.md\)/gm)]
  expect(rows.map(([, name]) => name).toSorted()).toEqual([...PLUGIN_KINDS.format.builtIn].toSorted())
  for (const [, name, folder] of rows) expect(folder).toBe(name)
})

test("reads Telegram's export, in which a text may be a list", async () => {
  const messages = [
    { id: 1, type: 'service', date_unixtime: '1637291700', actor: 'Jane', text: '' },
    { id: 2, type: 'message', date_unixtime: '1637291730', from: 'Jane', text: 'so good' },
    {
      id: 3,
      type: 'message',
      date_unixtime: '1637291730',
      from: 'Jane',
      text: ['I hate ', { type: 'bold', text: 'this' }, ' ', { type: 'hashtag', text: '#kettle' }],
    },
    { id: 4, type: 'message', date_unixtime: '1637291730', from: 'Jane', photo: 'x.jpg', text: '' },
  ]
  const file = JSON.stringify({ name: 'Chat', type: 'private_group', id: 5, messages }, null, 1)
  expect(await read(recipe('An export of a Telegram'), file)).toEqual({
    posts: [
      { id: '2', text: 'so good', createdAt: 1_637_291_730_000, author: 'Jane' },
      { id: '3', text: 'I hate this #kettle', createdAt: 1_637_291_730_000, author: 'Jane' },
    ],
    dropped: ['not_a_post', 'not_a_post'],
  })
})

test("reads records of Bluesky's Jetstream, of which few are posts", async () => {
  const commit = (collection: string, record: unknown, operation = 'create') => ({
    did: 'did:plc:abc',
    time_us: 1637291730123456,
    kind: 'commit',
    commit: { rev: '3l', operation, collection, rkey: '3l', record, cid: 'bafy' },
  })
  const events = [
    commit('app.bsky.feed.post', { $type: 'app.bsky.feed.post', text: 'so good', langs: ['en'] }),
    commit('app.bsky.feed.like', { $type: 'app.bsky.feed.like' }),
    commit('app.bsky.feed.post', undefined, 'delete'),
    { did: 'did:plc:abc', time_us: 1637291730123456, kind: 'identity', identity: { handle: 'x' } },
    { did: 'did:plc:abc', time_us: 1637291730123456, kind: 'account', account: { active: true } },
  ]
  const file = events.map(event => JSON.stringify(event)).join('\n')
  expect(await read(recipe("Records of Bluesky's"), file)).toEqual({
    posts: [{ id: 'bafy', text: 'so good', createdAt: 1_637_291_730_123, lang: 'en', author: 'did:plc:abc' }],
    dropped: Array(4).fill('not_a_post'),
  })
})

test("reads Mastodon's timelines as text, without boosts", async () => {
  const status = {
    id: '1',
    uri: 'https://social.example/users/jane/statuses/1',
    url: 'https://social.example/@jane/1',
    created_at: '2021-11-19T03:15:30.000Z',
    language: 'en',
    content: '<p>isn&#39;t <a href="x" class="mention hashtag" rel="tag">#<span>good</span></a> &lt;3</p>',
    reblog: null,
    account: { acct: 'jane' },
  }
  const file = JSON.stringify([status, { ...status, content: '', reblog: status }])
  expect(await read(recipe('A Mastodon timeline'), file)).toEqual({
    posts: [
      {
        id: 'https://social.example/users/jane/statuses/1',
        text: "isn't #good <3",
        createdAt: 1_637_291_730_000,
        lang: 'en',
        author: 'jane',
        url: 'https://social.example/@jane/1',
      },
    ],
    dropped: ['not_a_post'],
  })
})

test("reads comments of YouTube's API as text", async () => {
  const snippet = {
    textDisplay: 'isn&#39;t <b>bad</b><br>at all',
    authorDisplayName: '@jane',
    publishedAt: '2021-11-19T03:15:30Z',
  }
  const file = JSON.stringify({
    kind: 'youtube#commentThreadListResponse',
    pageInfo: { totalResults: 1 },
    items: [
      { kind: 'youtube#commentThread', id: 'Ugw', snippet: { topLevelComment: { id: 'Ugw', snippet } } },
    ],
  })
  expect(await read(recipe("Comments from YouTube's API"), file)).toEqual({
    posts: [{ id: 'Ugw', text: "isn't bad\nat all", createdAt: 1_637_291_730_000, author: '@jane' }],
    dropped: [],
  })
})

test('reads stories and comments of Hacker News', async () => {
  const hits = [
    {
      objectID: '1',
      title: 'So good',
      story_text: null,
      comment_text: null,
      author: 'jane',
      created_at_i: 1637291730,
    },
    {
      objectID: '2',
      title: null,
      comment_text: '<p>isn&#x27;t it?',
      author: 'john',
      created_at_i: 1637291730,
    },
    {
      objectID: '3',
      title: 'Ask: why?',
      story_text: 'It is <i>bad</i>',
      author: 'jo',
      created_at_i: 1637291730,
    },
  ]
  const { posts, dropped } = await read(recipe('Hacker News'), JSON.stringify({ hits, nbHits: 3 }))
  expect(posts.map(({ id, text }) => [id, text])).toEqual([
    ['1', 'So good'],
    ['2', "isn't it?"],
    ['3', 'It is bad'],
  ])
  expect(dropped).toEqual([])
})

test('reads Sentiment140, which is in Latin-1 and has no header', async () => {
  const rows =
    '"0","1467810369","Mon Apr 06 22:19:45 PDT 2009","NO_QUERY","jane","@a caf\xe9 - that\'s a ""bummer"""\n' +
    '"4","1467810672","Mon Apr 06 22:19:49 PDT 2009","NO_QUERY","john","so good, really"\n'
  expect(await read(recipe('Sentiment140'), Buffer.from(rows, 'latin1'))).toEqual({
    posts: [
      {
        id: '1467810369',
        text: '@a café - that\'s a "bummer"',
        createdAt: Date.UTC(2009, 3, 7, 5, 19, 45),
        author: 'jane',
      },
      {
        id: '1467810672',
        text: 'so good, really',
        createdAt: Date.UTC(2009, 3, 7, 5, 19, 49),
        author: 'john',
      },
    ],
    dropped: [],
  })
})

test('reads spreadsheets in CP949, and in UTF-16 by its byte order mark', async () => {
  const posts = [{ text: '똠방각하 정말 좋아요', createdAt: Date.UTC(2021, 10, 19) }]
  // "번호,리뷰,작성일" and a row with 똠, a syllable that EUC-KR lacks and CP949 has.
  const cp949 = Buffer.from(
    'b9f8c8a3 2c b8aebae4 2c c0dbbcbac0cf 0d0a 31 2c 8c63b9e6b0a2c7cf20c1a4b8bb20c1c1bec6bfe4 2c 323032312d31312d3139 0d0a'.replaceAll(
      ' ',
      '',
    ),
    'hex',
  )
  const spreadsheet = recipe('A spreadsheet saved by Korean Excel')
  expect(await read(spreadsheet, cp949)).toEqual({ posts, dropped: [] })
  const text = '\ufeff번호\t리뷰\t작성일\r\n1\t똠방각하 정말 좋아요\t2021-11-19\r\n'
  const { encoding: _, ...unnamed } = spreadsheet
  for (const recipe of [spreadsheet, unnamed])
    expect(await read(recipe, Buffer.from(text, 'utf16le'))).toEqual({ posts, dropped: [] })
})
