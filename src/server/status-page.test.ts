import { expect, test } from 'vitest'
import { statusPage } from './status-page.ts'
import { someStatus } from './view-testing.ts'

const page = (more: Parameters<typeof someStatus>[0] = {}, options = {}) =>
  statusPage(someStatus(more), { refresh: false, ...options })

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&amp;`

/** The page without what it may hold: escaped text only. */
function markupOf(text: string): string[] {
  return [...text.matchAll(/<(script|img|iframe|object|form|a |use |link |meta )[^>]*>/gi)].map(
    ([tag]) => tag,
  )
}

test('the page is one document that needs nothing else: no script, no style or picture from elsewhere', () => {
  const text = page()
  expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
  expect(text).not.toMatch(/<script|<img|<iframe|style="| on\w+="|src="/i)
  expect(markupOf(text).filter(tag => /https?:/.test(tag.replace(/http%3A%2F%2Fwww\.w3\.org/, '')))).toEqual(
    [],
  )
})

test('nothing that others named or wrote becomes markup', () => {
  const status = someStatus()
  const text = page(
    {
      version: HOSTILE,
      node: HOSTILE,
      notReady: [HOSTILE],
      config: {
        ...status.config,
        file: HOSTILE,
        shown: HOSTILE,
        lastReload: { ok: false, at: 0, problems: [HOSTILE] },
      },
      sources: status.sources.map(source => ({
        ...source,
        name: HOSTILE,
        use: HOSTILE,
        format: HOSTILE,
        detail: HOSTILE,
        dropped: { [HOSTILE]: 3 },
      })),
      topics: status.topics.map(topic => ({
        ...topic,
        topic: HOSTILE,
        scorer: HOSTILE,
        recent: { window: HOSTILE, score: 1 },
        windows: [{ window: HOSTILE, posts: 1, score: 1 }],
      })),
      terms: [
        {
          extractor: HOSTILE,
          topic: HOSTILE,
          window: HOSTILE,
          terms: [{ term: HOSTILE, posts: 1, score: 1 }],
        },
      ],
      plugins: [
        {
          kind: 'scorer',
          name: HOSTILE,
          use: HOSTILE,
          seconds: 1,
          errors: { [HOSTILE]: 1 },
          lastError: HOSTILE,
        },
      ],
    },
    { docsUrl: HOSTILE },
  )
  expect(text).not.toMatch(/<script|<img/)
  // Each hostile text is there, escaped, and nothing of it is not.
  expect(text.split('&lt;script&gt;alert(1)&lt;/script&gt;').length - 1).toBeGreaterThan(15)
  expect(text.split('script').length).toBe(2 * (text.split('&lt;script&gt;').length - 1) + 1)
})

test('a term is kept apart from the text around it, whichever way it runs, and without control characters', () => {
  const text = page({
    terms: [
      {
        extractor: 'words',
        topic: 'all',
        window: '1m',
        terms: [{ term: 'שלום\u202e\0\x1b[31m', posts: 7, score: null }],
      },
    ],
  })
  expect(text).toContain('>שלום\u202e\uFFFD\uFFFD[31m</bdi>')
  expect(text).not.toContain('\0')
  expect(text).not.toContain('\x1b')
})

test('topics show counts, shares and the mood in words', () => {
  const text = page({
    topics: [
      {
        topic: 'galaxy',
        scorer: 'afinn',
        posts: { positive: 1500, neutral: 300, negative: 200, unknown: 7 },
        recent: { window: '1m', score: -0.254 },
        windows: [{ window: '1m', posts: 12, score: -0.254 }],
      },
    ],
  })
  expect(text).toMatch(/1,500 <small>75%/)
  expect(text).toMatch(/300 <small>15%/)
  expect(text).toMatch(/200 <small>10%/)
  expect(text).toContain('\u22120.25')
  expect(text).toContain('<rect class="positive" x="0.00%" width="75.00%"')
  expect(text).toContain('<rect class="negative" x="90.00%" width="10.00%"')
})

test('the mood is the recent one, whatever was posted since the start, by the cuts of the configuration', () => {
  const [topic] = someStatus().topics
  const moodWith = (score: number, sentiment = { positive: 0.05, negative: -0.05 }) =>
    /data-label="Mood">.*?<\/svg> ([a-z ]+?) <small>last 1m/.exec(
      page({
        sentiment,
        topics: [
          {
            ...(topic as NonNullable<typeof topic>),
            posts: { positive: 10, neutral: 0, negative: 9000, unknown: 0 },
            recent: { window: '1m', score },
          },
        ],
      }),
    )?.[1]
  expect(moodWith(0.2)).toBe('positive')
  expect(moodWith(0.2, { positive: 0.25, negative: -0.05 })).toBe('neutral')
  expect(moodWith(-0.4)).toBe('very negative')
})

test('topics, sources and terms keep their order, and posts off topic are no loss', () => {
  const text = page()
  const order = [...text.matchAll(/<th scope="row" class="name"><bdi>([^<]+)/g)].map(([, name]) => name)
  expect(order).toEqual(['galaxy', 'galaxy', 'transit', 'transit', '콘서트', '콘서트'])
  expect(text).toMatch(/<dt>Off topic<\/dt><dd>214,003/)
  expect(text).toMatch(/<dt>Lost<\/dt><dd>123</)
  expect(text).toMatch(
    /data-label="Lost"><span class="nowrap">invalid 121<\/span>, <span class="nowrap">encoding 2</,
  )
  expect(text).toMatch(/data-label="Left out"><span class="nowrap">off_topic 214,003</)
})

test('every cell of a card says what it is, and each window can be chosen', () => {
  const text = page()
  for (const [, row] of text.matchAll(/<tr(?: class="again")?>(<th scope="row" class="name">.*?)<\/tr>/gs))
    expect(row).not.toMatch(/<td(?![^>]*data-label=)/)
  expect(text.match(/<input type="radio" name="topics"/g)?.length).toBe(2)
  expect(text).toMatch(/name="terms0" value="2" checked>1h/)
})

test('a topic without scores, and a window without any, say so', () => {
  const text = page({
    plugins: [],
    topics: [
      {
        topic: 'quiet',
        scorer: 'afinn',
        posts: { positive: 0, neutral: 0, negative: 0, unknown: 3 },
        recent: null,
        windows: [{ window: '1m', posts: 0, score: null }],
      },
    ],
  })
  expect(text).toContain('no scores')
  expect(text).not.toMatch(/NaN|Infinity|undefined|null/)
})

test('an exporter that has just started has a page', () => {
  const text = page({
    sources: [],
    topics: [],
    terms: [],
    plugins: [],
    notReady: ['source demo has not been started'],
  })
  expect(text).toContain('No posts counted yet.')
  expect(text).toContain('source demo has not been started')
  expect(text).not.toMatch(/NaN|undefined/)
})

test('a failed reload is shown with its problems', () => {
  const { config } = someStatus()
  const lastReload = {
    ok: false,
    at: Date.UTC(2026, 0, 1),
    problems: ['mood.yml:3 topics: expected an object'],
  }
  const text = page({ config: { ...config, lastReload } })
  expect(text).toContain('mood.yml:3 topics: expected an object')
  expect(text).toContain('2026-01-01 00:00:00 UTC')
})

test('every table has a caption and scoped headers', () => {
  const text = page()
  const tables = text.match(/<table[^>]*>[\s\S]*?<\/table>/g) ?? []
  expect(tables.length).toBeGreaterThan(5)
  for (const table of tables) {
    expect(table).toMatch(/^<table[^>]*>\s*<caption>/)
    expect(table).not.toMatch(/<th(?! scope=)[^e]/)
  }
})

test('a page of a thousand topics stays short and says where the rest is', () => {
  const [topic] = someStatus().topics
  const topics = Array.from({ length: 1000 }, (_, n) => ({
    ...(topic as NonNullable<typeof topic>),
    topic: `t${n}`,
  }))
  const terms = topics.map(({ topic }) => ({
    extractor: 'words',
    topic,
    window: '1m',
    terms: [{ term: 'x', posts: 1, score: 0 }],
  }))
  const text = page({ topics, terms })
  expect(text.length).toBeLessThan(200_000)
  expect(text).toContain('900 more in the')
  expect(text).toContain('940 more tables in the')
})

test('it loads itself again only when asked to', () => {
  expect(page()).not.toContain('http-equiv="refresh"')
  expect(page({}, { refresh: true })).toContain('<meta http-equiv="refresh" content="5">')
})

test('it links to the documentation where that is known', () => {
  expect(page({}, { docsUrl: 'https://docs.example/' })).toContain('href="https://docs.example/"')
  expect(page()).not.toContain('Documentation')
})
