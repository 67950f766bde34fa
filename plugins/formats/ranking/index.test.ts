import { recordSplitter } from 'mood-exporter/plugin'
import { expect, test } from 'vitest'
import { mutations } from '../testing.ts'
import format from './index.ts'
import { rankingsOf } from './testing.ts'

const KST = (time: string) => Date.parse(`2026-11-27T${time}+09:00`)

test('reads a list in JSON by pointers', async () => {
  const { outcome } = await rankingsOf(format, {
    items: '/data/list',
    term: '/word',
    rank: '/place',
    count: '/hits',
    time: '/meta/updated',
  })
  const record = {
    meta: { updated: '2026-11-27T00:10:00+09:00' },
    data: {
      list: [
        { word: 'b', place: '2' },
        { word: 'a', place: 1, hits: 30 },
      ],
    },
  }
  expect(outcome(JSON.stringify(record))).toEqual({
    rankings: [
      {
        at: KST('00:10'),
        items: [
          { rank: 1, term: 'a', count: 30 },
          { rank: 2, term: 'b' },
        ],
      },
    ],
  })
})

test('a list of words needs no options', async () => {
  const { outcome } = await rankingsOf(format)
  expect(outcome('["b","a"]', { receivedAt: 5 })).toEqual({
    rankings: [
      {
        at: 5,
        items: [
          { rank: 1, term: 'b' },
          { rank: 2, term: 'a' },
        ],
      },
    ],
  })
})

test('a list is one record, both as the record and inside it', async () => {
  const records = async (options: object, text: string) => {
    const { format: made } = await rankingsOf(format, { ...options })
    let count = 0
    const splitter = recordSplitter(made.framing ?? { kind: 'lines' }, 1000, {
      record: () => count++,
      oversized: () => {},
    })
    splitter.write(Buffer.from(text))
    splitter.end()
    return count
  }
  expect(await records({ term: '/1' }, '[[1,"a"],\n[2,"b"]]')).toBe(1)
  expect(await records({ items: '/list' }, '{"list":["a"]}\n{"list":["b"]}')).toBe(2)
})

/** What the crawler of the older pipeline writes. */
const CSV = { type: 'csv', term: 'title', rank: 'rank', time: 'time', time_zone: 'Asia/Seoul' }

test('reads rows of CSV, with rows of the same time as one list', async () => {
  const { outcome } = await rankingsOf(format, CSV)
  const record =
    '\ufefftime,rank,title\r\n2026-11-27 00:10,1,"갤럭시, S26"\r\n2026-11-27 00:10,2,첫눈\r\n2026-11-27 00:20,1,첫눈\r\n'
  expect(outcome(record)).toEqual({
    rankings: [
      {
        at: KST('00:10'),
        items: [
          { rank: 1, term: '갤럭시, S26' },
          { rank: 2, term: '첫눈' },
        ],
      },
      { at: KST('00:20'), items: [{ rank: 1, term: '첫눈' }] },
    ],
  })
})

test.each([
  ['2026. 11. 27. 오전 12:10', KST('00:10')],
  ['2026. 11. 27. 오후 12:10', KST('12:10')],
  ['2026-11-27 오전 12:00', KST('00:00')],
  ['2026-11-27 12:10 AM', KST('00:10')],
  ['2026-11-27 12:10 PM', KST('12:10')],
  ['2026-11-27T00:10:00Z', KST('09:10')],
  ['2026-11-27 00:10 KST', KST('00:10')],
  ['2026-11-27T00:10:00+02:00', KST('07:10')],
  ['1795705800', KST('00:10')],
])('midnight is not noon, and a time with a zone is in that zone: %s', async (time, at) => {
  const { outcome } = await rankingsOf(format, CSV)
  expect(outcome(`time,rank,title\n${time},1,a\n`).rankings.map(ranking => ranking.at)).toEqual([at])
})

test('columns may have numbers, and the first line may be a row', async () => {
  const { list } = await rankingsOf(format, { type: 'csv', columns: ['place', 'word'], term: 2 })
  expect(list('7;a\n9;b')).toBe('1 a, 2 b')
})

test('reads a feed by the names of its elements', async () => {
  const { outcome } = await rankingsOf(format, { type: 'rss', count: 'x:reads', time: 'pubDate' })
  const item = (title: string, reads: string) =>
    `<item><title>${title}</title><x:reads>${reads}</x:reads><pubDate>Fri, 27 Nov 2026 00:10:00 +0900</pubDate></item>`
  expect(outcome(`<rss><channel>${item('a &amp; b', '10')}${item('c', '')}</channel></rss>`)).toEqual({
    rankings: [
      {
        at: KST('00:10'),
        items: [
          { rank: 1, term: 'a & b', count: 10 },
          { rank: 2, term: 'c' },
        ],
      },
    ],
  })
})

test.each<[object, string, string]>([
  [{ items: '/list' }, '{"lists":["a"]}', '/list: expected an array, got nothing'],
  [{ items: '/list' }, '{"list":[]}', '/list: expected terms, got an empty list'],
  [{ term: '/word' }, '[{"name":"a"}]', '[0]/word: expected a term, got nothing'],
  [
    { term: '/word', rank: '/rank' },
    '[{"word":"a"}]',
    '[0]/rank: expected a whole number from 1, got nothing',
  ],
  [
    { items: '/list', time: '/at' },
    '{"list":["a"]}',
    '/at: expected a time (ISO 8601, RFC 2822 or Unix time); for 27/11/2026 say `time_format: day_first`, got nothing',
  ],
  [CSV, 'time,place,title\nx,1,a', 'rank: expected one of the columns "time", "place", "title", got "rank"'],
  [CSV, 'time,rank,title\n2026-11-27,1', 'row 1: expected 3 columns, got 2'],
  [CSV, 'time,rank,title\n', 'rows: expected terms, got an empty list'],
  [CSV, '', 'term: expected one of the columns , got "title"'],
  [{ type: 'rss' }, '<rss><item><name>a</name></item></rss>', 'item[0].title: expected a term, got nothing'],
])('a record of another structure is invalid: %j %s', async (options, record, message) => {
  const { list } = await rankingsOf(format, { ...options })
  expect(list(record)).toBe(`invalid: ${message}`)
})

test.each<[object, string, string]>([
  [{ term: 'word' }, 'term', 'expected a JSON pointer, such as "/data/0/name"'],
  [{ items: 'list' }, 'items', 'expected a JSON pointer, such as "/data/0/name"'],
  [{ type: 'csv', items: '/a' }, 'items', 'expected it with `type: json` only'],
  [{ columns: ['a'] }, 'columns', 'expected it with `type: csv` only'],
  [{ type: 'rss', term: 3 }, 'term', 'expected the name of an element'],
])('options of one type are rejected with another type: %j', (options, key, message) => {
  const { error } = format.options.safeParse(options)
  expect(error?.issues.map(issue => [issue.path.join('.'), issue.message])).toEqual([[key, message]])
})

test.each<[string, object, string]>([
  ['json', { items: '/list', term: '/t', time: '/at' }, '{"at":1795705800,"list":[{"t":"a"},{"t":"b"}]}'],
  ['csv', CSV, 'time,rank,title\n2026-11-27 00:10,1,"a"\n2026-11-27 00:20,2,b\n'],
  ['rss', { type: 'rss' }, '<rss><item><title>a</title></item><item><title>b</title></item></rss>'],
])(
  'a damaged record of %s is a ranking or invalid, and never an error of the format',
  async (_, options, record) => {
    const { outcome } = await rankingsOf(format, { ...options })
    for (const damaged of mutations([record], 3000, 1)) {
      const { dropped } = outcome(damaged)
      if (dropped) expect(dropped.reason, `${damaged}: ${dropped.message}`).toMatch(/^(invalid|encoding)$/)
    }
  },
)
