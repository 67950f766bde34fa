/** Digests as they arrive at the server of each channel, with what a ranking has over the day. */
import { beforeAll, expect, test } from 'vitest'
import { type ReportEvent, type ReportLanguage, reportText, SLACK } from '../src/plugin/index.ts'
import { codePoints } from '../src/plugin/messages/cut.ts'
import { withText } from '../src/plugin/messages/report.ts'
import { type Arrivals, arrivalsOf } from '../tools/docs/digests/arrivals.ts'
import { demoReports } from '../tools/docs/digests/demo-report.ts'

const MS = 120_000

let reports: Record<ReportLanguage, ReportEvent>
beforeAll(async () => {
  reports = await demoReports()
}, MS)

/** The text that people read, message by message. */
const read = ({ slack, discord, telegram, kakaotalk, email }: Arrivals): Record<string, string> => ({
  slack: slack
    .flatMap(({ blocks }) => blocks.flatMap(({ text, elements = [] }) => [text, ...elements]))
    .flatMap(part => (part ? [part.text] : []))
    .join('\n'),
  discord: discord.map(({ content }) => content).join('\n'),
  telegram: telegram.map(({ text }) => text).join('\n'),
  kakaotalk: kakaotalk.map(({ text }) => text).join('\n'),
  email: email.map(({ html }) => html).join('\n'),
})

test('a term of a list is there for as much of the day as its lists say', () => {
  const [signal] = reports.en.rankings
  expect(signal).toMatchObject({ source: 'signal', snapshots: 144 })
  expect(signal?.items).toHaveLength(5)
  for (const { share, meanRank } of signal?.items ?? []) {
    // So many of 144 lists, and ranks from 1 to 5.
    expect(share * 144).toBeCloseTo(Math.round(share * 144), 6)
    expect(share).toBeLessThanOrEqual(1)
    expect(meanRank).toBeGreaterThanOrEqual(1)
    expect(meanRank).toBeLessThanOrEqual(5)
  }
})

test.for([
  ['en', 'Trending: signal (144 lists)', /^1\. 루멘커피: 100% of the time, mean rank 2\.6$/m],
  ['ko', '인기 검색어: signal (목록 144개)', /^1\. 루멘커피: 노출 100%, 평균 2\.6위$/m],
] as const)(
  'each channel gets the list of the day, numbered, in its language: %s',
  {
    timeout: MS,
  },
  async ([language, heading, first]) => {
    const report = reports[language]
    const arrivals = await arrivalsOf(report)
    const { kakaotalk, ...others } = read(arrivals)
    for (const [channel, text] of Object.entries(others)) {
      expect(text, channel).toContain(heading)
      const lines = text.replaceAll('\\', '').replaceAll('<br>', '')
      expect(lines, channel).toMatch(first)
      expect(
        [...lines.matchAll(/^(\d)\. /gm)].map(([, number]) => Number(number)),
        channel,
      ).toEqual([1, 2, 3, 4, 5])
    }
    // There are 200 characters, and what is left out is named.
    const lines = (kakaotalk as string).split('\n')
    expect(codePoints(kakaotalk as string)).toBeLessThanOrEqual(200)
    expect(lines.slice(0, 3)).toEqual([
      report.title,
      expect.stringContaining(' ~ '),
      expect.stringMatching(/^nova: /),
    ])
    expect(lines.at(-1)).toMatch(/^… (\d+ more|외 \d+건)$/)
    expect(arrivals.webhook.flatMap(({ events }) => events)).toEqual([report])
    expect(arrivals.email.map(({ subject }) => subject)).toEqual([report.title])
  },
)

test('a report of rankings alone arrives without topics', { timeout: MS }, async () => {
  const { title: _, text: __, markdown: ___, ...data } = reports.ko
  const report = withText({ ...data, topics: [] })
  const arrivals = await arrivalsOf(report)
  const { kakaotalk } = arrivals
  for (const [channel, text] of Object.entries(read(arrivals))) {
    expect(text, channel).toContain('루멘커피')
    expect(text, channel).not.toContain('순감성')
  }
  const [{ text }] = kakaotalk as [{ text: string }]
  expect(text.split('\n').slice(2, 4)).toEqual(['인기 검색어: signal (목록 144개)', '1. 루멘커피 100%'])
})

test('a template is what arrives at each channel, in its markup', { timeout: MS }, async () => {
  const { title: _, text: __, markdown: ___, ...data } = reports.en
  const template = `{% for ranking in rankings %}
{{ ranking.source | bold }} & co
{% for item in ranking.items %}
{{ forloop.index }}) {{ item.term }} {{ item.share | percent }}
{% endfor %}
{% endfor %}`
  const report = withText({ ...data, template })
  const { slack, discord, telegram, kakaotalk, email } = read(await arrivalsOf(report))
  const list = '1) 루멘커피 100%\n2) 달빛골목 결말 100%\n3) 수능 성적표 100%\n4) 첫눈 88%\n5) 노바폰 출시 67%'
  expect(slack).toBe(reportText(report, SLACK))
  expect(slack).toBe(`*signal* &amp; co\n${list}`)
  expect(discord).toBe(`**signal** & co\n${list}`)
  expect(telegram).toBe(`signal & co\n${list}`)
  expect(kakaotalk).toBe(telegram)
  expect(email).toContain('<strong>signal</strong> &amp; co<br>\n1) 루멘커피 100%<br>')
})
