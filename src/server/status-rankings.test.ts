import { expect, test } from 'vitest'
import type { RankingStatus } from '../runtime/view.ts'
import { statusPage } from './status-page.ts'
import { someStatus } from './view-testing.ts'

const sectionOf = (rankings: RankingStatus[]): string =>
  /<h2>Rankings<\/h2>[\s\S]*?<\/section>/.exec(
    statusPage(someStatus({ rankings }), { refresh: false }),
  )?.[0] ?? ''

const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

test('a ranking has its present list beside the terms of each window, with share and mean rank', () => {
  const text = textOf(sectionOf(someStatus().rankings))
  expect(text).toContain('signal 4 min 0 s ago')
  expect(text).toContain('# now 1h 6 lists 1d 1,144 lists')
  expect(text).toContain('1 갤럭시 첫눈 100 %, rank 1.5 갤럭시 33 %, rank 2.3 2 첫눈')
})

test('one without a present list says so, and without rankings there is no section', () => {
  const gone = { source: 'nate', at: null, items: [], windows: [{ window: '1h', snapshots: 0, terms: [] }] }
  expect(textOf(sectionOf([gone]))).toContain('nate no list')
  expect(sectionOf([])).toBe('')
})

test('what others wrote becomes no markup, and of many rankings the rest is in the JSON', () => {
  const [signal] = someStatus().rankings as [RankingStatus]
  const hostile = { ...signal, source: '<b>', items: [{ rank: 1, term: '"><script>' }] }
  const section = sectionOf(Array.from({ length: 21 }, () => hostile))
  expect(section).not.toMatch(/<script|<b>/)
  expect(section.match(/<table>/g)).toHaveLength(20)
  expect(textOf(section)).toContain('1 more in the status as JSON')
})
