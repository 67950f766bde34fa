import { expect, test } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { briefReport } from '../../plugin/messages/report.ts'
import { deltaShapeOf, type RankingsShape } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import { buildReport, periodOf, type ReportSource } from './build.ts'
import { type ReportSpec, retentionOf } from './report-spec.ts'
import { DAY, HOUR, type Posts, shapeOf, specOf, stateOf } from './reports-testing.ts'

/** Nine in the morning in Seoul. */
const AT = Date.parse('2026-11-27T00:00Z')

const SPEC = specOf()

const RANKINGS: RankingsShape = {
  windows: [{ label: '1h', size: HOUR }],
  top: 10,
  terms: 50,
  snapshots: 2000,
  keep: 3 * DAY,
}

function made(posts: readonly Posts[], more: Partial<ReportSource> = {}, spec = SPEC, since?: number) {
  const state = stateOf(shapeOf(spec), posts, AT + 60_000, since)
  return buildReport(spec, AT, { state, incidents: null, ...more }, true)
}

const inPeriod = (topic: string, more: Partial<Posts>): Posts => ({ at: AT - 5 * HOUR, topic, ...more })

test('a period ends when the report is due, and begins when the one before was', () => {
  expect(periodOf(SPEC, AT, HOUR)).toEqual({ start: AT - DAY, end: AT })
  expect(periodOf(specOf({ period: 6 * HOUR }), AT, HOUR)).toEqual({ start: AT - 6 * HOUR, end: AT })
  // Friday to Monday.
  const weekdays = specOf({ cron: '0 9 * * 1-5', timeZone: 'UTC' })
  const monday = Date.parse('2026-11-30T09:00Z')
  expect(periodOf(weekdays, monday, HOUR)).toEqual({ start: monday - 3 * DAY, end: monday })
  // The day on which clocks are set back has 25 hours.
  const london = specOf({ timeZone: 'Europe/London' })
  const end = Date.parse('2026-10-25T09:00Z')
  expect(periodOf(london, end, HOUR)).toEqual({ start: end - 25 * HOUR, end })
})

test('slices are as long as the bounds of periods allow, and no more than are needed', () => {
  expect(retentionOf([])).toBeNull()
  expect(retentionOf([SPEC])).toMatchObject({
    history: { slice: HOUR, keep: 9 * DAY },
    terms: { slide: HOUR },
  })
  expect(retentionOf([specOf({ timeZone: 'Asia/Kolkata' })])?.history.slice).toBe(HOUR / 2)
  expect(retentionOf([specOf({ cron: '*/10 * * * *' })])?.history).toEqual({
    slice: 5 * 60_000,
    keep: 20 * 60_000 + 4 * HOUR,
  })
  // A thousand slices are the most: the bounds of such a report are rounded.
  expect(retentionOf([specOf({ cron: '1 9 * * *' })])?.history.slice).toBe(15 * 60_000)
})

test('figures are for the period, the previous period and a week earlier', () => {
  const { topics } = made([
    { at: AT - 7 * DAY - HOUR, topic: 'galaxy', positive: 10, negative: 30 },
    { at: AT - DAY - 1, topic: 'galaxy', positive: 20, neutral: 20, negative: 10 },
    { at: AT - DAY, topic: 'galaxy', positive: 30, neutral: 20, negative: 10 },
    { at: AT - HOUR, topic: 'galaxy', lang: 'ko', positive: 20, negative: 20 },
    { at: AT - 1, topic: 'nova', positive: 40, negative: 60 },
    { at: AT, topic: 'galaxy', positive: 1000 },
  ])
  const [galaxy, nova] = topics
  expect(galaxy).toMatchObject({
    topic: 'galaxy',
    posts: { positive: 50, neutral: 20, negative: 30, unknown: 0 },
    total: 100,
    net: 0.2,
    negative: 0.3,
    share: 0.5,
    before: { start: AT - 2 * DAY, end: AT - DAY, posts: 50, net: 0.2, negative: 0.2 },
    weekBefore: { start: AT - 8 * DAY, end: AT - 7 * DAY, posts: 40, net: -0.5, negative: 0.75 },
    languages: [
      { lang: 'en', posts: 60 },
      { lang: 'ko', posts: 40 },
    ],
  })
  expect(nova).toMatchObject({ total: 100, net: -0.2, share: 0.5, before: { posts: 0, net: null } })
})

test('a report up to now includes the current slice, and compares periods of equal length', () => {
  const now = AT + 20 * 60_000
  const posts = [inPeriod('galaxy', { positive: 40 }), { at: AT + 60_000, topic: 'galaxy', positive: 5 }]
  const state = stateOf(shapeOf(SPEC), posts, now)
  const spec = { ...SPEC, period: DAY }
  const report = buildReport(spec, now, { state, incidents: null }, true, true)
  expect(report.period).toEqual({ start: AT - DAY, end: now })
  expect(report.topics[0]).toMatchObject({ total: 45, before: { start: AT - 2 * DAY, end: AT - DAY } })
})

test('with few posts it says so and gives no percentages', () => {
  const report = made([inPeriod('galaxy', { positive: 6, negative: 1 })])
  expect(report.topics[0]).toMatchObject({ total: 7, net: null, negative: null, share: null })
  expect(report.text).toContain('Only 7 posts: too few for percentages. (0 posts on the period before')
  expect(report.text).toContain('No posts: too few for percentages.')
  expect(report.text).not.toContain('%')
})

test('periods before the first counted post are not compared with', () => {
  const posts = [inPeriod('galaxy', { positive: 50 })]
  const [galaxy] = made(posts, {}, SPEC, AT - DAY - HOUR).topics
  expect([galaxy?.before, galaxy?.weekBefore]).toEqual([null, null])
  const [known] = made(posts, {}, SPEC, AT - 2 * DAY).topics
  expect([known?.before?.posts, known?.weekBefore]).toEqual([0, null])
})

test('of a topic the five languages with most posts are listed, equal ones by name', () => {
  const count = { en: 5, ko: 9, ja: 5, de: 2, fr: 2, es: 1, it: 0 }
  const posts = Object.entries(count).map(([lang, positive]) => inPeriod('galaxy', { lang, positive }))
  expect(made(posts).topics[0]?.languages).toEqual([
    { lang: 'ko', posts: 9 },
    { lang: 'en', posts: 5 },
    { lang: 'ja', posts: 5 },
    { lang: 'de', posts: 2 },
    { lang: 'fr', posts: 2 },
  ])
})

test('the scores of other scorers do not count, and a single topic has no share', () => {
  const posts = [inPeriod('galaxy', { positive: 40 })]
  const [galaxy] = made(posts, {}, specOf({ scorer: 'vader' })).topics
  expect([galaxy?.total, galaxy?.before?.posts]).toEqual([0, 0])
  const [alone] = made(posts, {}, specOf({ topics: ['galaxy'] })).topics
  expect([alone?.total, alone?.share]).toEqual([40, null])
})

test('as few posts as are enough have percentages', () => {
  const [galaxy] = made([inPeriod('galaxy', { positive: 20, negative: 10 })]).topics
  expect(galaxy).toMatchObject({ total: 30, net: 1 / 3, negative: 1 / 3, share: 1 })
})

test('a report of less than an hour is not compared with a week before', () => {
  const posts = [{ at: AT - 60_000, topic: 'galaxy', positive: 40 }]
  const half = specOf({ cron: '0,30 * * * *', period: HOUR / 2 })
  expect(made(posts, {}, half).topics[0]).toMatchObject({ total: 40, before: { posts: 0 }, weekBefore: null })
  const whole = specOf({ cron: '0 * * * *', period: HOUR })
  expect(made(posts, {}, whole).topics[0]?.weekBefore).toMatchObject({
    start: AT - 7 * DAY - HOUR,
    end: AT - 7 * DAY,
  })
})

test('a term rises with three posts or more, and half as many again as before', () => {
  const { topics } = made(
    [
      { at: AT - 30 * HOUR, topic: 'galaxy', positive: 1, terms: { half: 2, less: 10, same: 5 } },
      inPeriod('galaxy', { positive: 1, terms: { half: 3, less: 14, same: 5, few: 2, fresh: 3, newer: 3 } }),
    ],
    {},
    specOf({ terms: 10 }),
  )
  expect(topics[0]?.rising.map(({ term }) => term)).toEqual(['fresh', 'newer', 'half'])
  expect(topics[0]?.terms.map(({ term }) => term)).toEqual(['less', 'same', 'fresh', 'half', 'newer', 'few'])
})

test('without posts of the period before, no term is known to rise', () => {
  const posts = [inPeriod('galaxy', { positive: 1, terms: { fresh: 30 } })]
  const [galaxy] = made(posts, {}, SPEC, AT - DAY - HOUR).topics
  expect(galaxy?.rising).toEqual([])
  expect(galaxy?.terms).toMatchObject([{ term: 'fresh', posts: 30, before: null }])
})

/** A report with these exemplars of the positivity of posts, a share from 0 to 1. */
function withLinks(
  exemplars: readonly [positivity: number, text: string, at: number][],
  spec = SPEC,
  of = ['tcp', 'galaxy', 'afinn'],
) {
  const state = stateOf(shapeOf(spec), [], AT + 60_000)
  const histogram = state.histogram('mood_positivity_ratio').cell(labelKey(...of))
  for (const [value, text, at] of exemplars) {
    const bucket = histogram.observe(value)
    histogram.exemplars[bucket] = { label: 'url', text, value, at: at / 1000 }
  }
  return buildReport(spec, AT, { state, incidents: null }, true).topics[0]?.links
}

test('links are to the most negative post, the most positive one and then the latest', () => {
  const links = withLinks([
    [0.05, 'https://x.com/a', AT - HOUR],
    [0.25, 'https://x.com/b', AT - 3 * HOUR],
    [0.45, 'https://x.com/c', AT - 2 * HOUR],
    [0.95, 'https://x.com/d', AT - 4 * HOUR],
  ])
  expect(links?.map(({ url }) => url)).toEqual(['https://x.com/a', 'https://x.com/d', 'https://x.com/c'])
  expect(links?.map(({ score }) => score)).toEqual([-0.9, 0.9, -0.1].map(score => expect.closeTo(score)))
})

test('links are of the period, the topic and the scorer, and to web pages', () => {
  expect(
    withLinks([
      [0.05, 'javascript:alert(1)', AT - HOUR],
      [0.25, 'x https://x.com/', AT - HOUR],
      [0.45, 'https://x.com/first', AT - DAY],
      [0.65, 'http://x.com/late', AT],
      [0.85, 'http://x.com/last', AT - 1],
    ])?.map(({ url }) => url),
  ).toEqual(['https://x.com/first', 'http://x.com/last'])
  const link = [[0.05, 'https://x.com/a', AT - HOUR]] as const
  expect(withLinks(link as never, SPEC, ['tcp', 'nova', 'afinn'])).toEqual([])
  expect(withLinks(link as never, SPEC, ['tcp', 'galaxy', 'vader'])).toEqual([])
})

test('a source that was down for less than a minute, and drops without loss, are left out; sources are in order', () => {
  const state = stateOf(shapeOf(SPEC), [], AT + 1)
  const slice = state.history?.at(AT - HOUR)
  slice?.down.add('short', 59_999)
  slice?.down.add('b', 60_000)
  slice?.dropped.add(labelKey('a', 'invalid'), 1)
  slice?.dropped.add(labelKey('zero', 'invalid'), 0)
  slice?.dropped.add(labelKey('c', 'duplicate'), 5)
  const again = state.history?.at(AT - 2 * HOUR)
  again?.dropped.add(labelKey('a', 'invalid'), 2)
  for (let start = AT - DAY; start < AT; start += HOUR)
    (state.history?.at(start) as { ran: number }).ran = start === AT - DAY ? HOUR - 59_999 : HOUR
  expect(buildReport(SPEC, AT, { state, incidents: null }, true).coverage).toEqual({
    stopped: 0,
    sources: [
      { source: 'a', down: 0, dropped: { invalid: 3 } },
      { source: 'b', down: 60_000, dropped: {} },
    ],
  })
})

test('an incident at the edge of the period is in it where it still fired then, or began in it', () => {
  const at = (startsAt: number, endsAt: number | null) => ({
    alert: `${startsAt - AT}`,
    topic: null,
    summary: null,
    startsAt,
    endsAt,
  })
  const incidents = [
    at(AT, null),
    at(AT - 1, null),
    at(AT - 2 * DAY, AT - DAY - 1),
    at(AT - 2 * DAY, AT - DAY),
  ]
  expect(made([], { incidents }).incidents).toEqual([incidents[3], incidents[1]])
})

test('terms are the most used ones, and those that rise by what they gained', () => {
  const { topics } = made([
    { at: AT - 30 * HOUR, topic: 'galaxy', positive: 40, terms: { launch: 30, camera: 5 } },
    inPeriod('galaxy', { positive: 40, terms: { launch: 31, camera: 20, battery: 9, rare: 1 } }),
  ])
  const terms = (which: 'terms' | 'rising') =>
    topics[0]?.[which].map(({ term, posts, before }) => [term, posts, before])
  expect(terms('terms')).toEqual([
    ['launch', 31, 30],
    ['camera', 20, 5],
    ['battery', 9, 0],
  ])
  expect(terms('rising')).toEqual([
    ['camera', 20, 5],
    ['battery', 9, 0],
  ])
  expect(topics[0]?.terms[0]).toMatchObject({ extractor: 'hashtags', score: 0.5 })
})

test('links are those of posts of the period', () => {
  const { topics, markdown } = made([
    { at: AT - 2 * DAY, topic: 'galaxy', positive: 40, url: 'https://x.com/old/1' },
    inPeriod('galaxy', { positive: 40, url: 'https://x.com/a/2' }),
  ])
  expect(topics[0]?.links).toEqual([{ url: 'https://x.com/a/2', score: -0.5, at: AT - 5 * HOUR }])
  expect(markdown).toContain('[x.com](<https://x.com/a/2>)')
})

test('reports losses: unwanted drops, and outages of sources and of the exporter', () => {
  const spec = SPEC
  const state = stateOf(shapeOf(spec), [inPeriod('galaxy', { positive: 40 })], AT + 1)
  const slice = state.history?.at(AT - HOUR)
  slice?.dropped.add(labelKey('tcp', 'invalid'), 3)
  slice?.dropped.add(labelKey('tcp', 'overflow'), 1200)
  slice?.dropped.add(labelKey('tcp', 'off_topic'), 9999)
  slice?.down.add('http', 5 * 60_000)
  slice?.down.add('tcp', 1000)
  for (let start = AT - DAY; start < AT - HOUR; start += HOUR)
    (state.history?.at(start) as { ran: number }).ran = HOUR
  const report = buildReport(spec, AT, { state, incidents: null }, false)
  expect(report.coverage).toEqual({
    stopped: HOUR,
    sources: [
      { source: 'http', down: 300_000, dropped: {} },
      { source: 'tcp', down: 0, dropped: { invalid: 3, overflow: 1200 } },
    ],
  })
  expect(report.text).toContain('The exporter did not run for 60 min.')
  expect(report.text).toContain('The source http was down for 5 min.')
  expect(report.text).toContain('1,203 posts of tcp dropped (overflow 1,200, invalid 3).')
  expect(report.text).toContain('posts may be missing')
})

test('incidents are those that fired in the period, of its topics', () => {
  const incident = { alert: 'TopicTurnsNegative', summary: null, endsAt: null }
  const incidents = [
    { ...incident, topic: 'galaxy', startsAt: AT - HOUR },
    { ...incident, topic: 'nova', startsAt: AT - 3 * DAY, endsAt: AT - 2 * DAY },
    { ...incident, topic: 'other', startsAt: AT - HOUR },
    { ...incident, topic: null, startsAt: AT - 2 * DAY, endsAt: AT - DAY + 1 },
  ]
  const report = made([], { incidents })
  expect(report.incidents?.map(({ topic }) => topic)).toEqual([null, 'galaxy'])
  expect(report.text).toContain('TopicTurnsNegative (galaxy): Nov 27, 2026, 08:00 – still firing')
  expect(made([], { incidents: [] }).text).toContain('No alerts.')
})

/** Takes a list of terms to be in a state, as of these times. */
function withLists(lists: readonly [at: number, ...terms: string[]][], spec: ReportSpec) {
  const shape = { ...shapeOf(spec), rankings: RANKINGS }
  const state = stateOf(shape, [], AT + 60_000)
  for (const [at, ...terms] of lists) {
    const delta = new State(deltaShapeOf(shape))
    delta.rankings?.add('signal', { at, items: terms.map((term, i) => ({ rank: i + 1, term })) })
    state.merge(State.decodeBase(deltaShapeOf(shape), delta.encode().base), at)
  }
  state.advance(AT + 60_000)
  return buildReport(spec, AT, { state, incidents: null }, true)
}

test('a ranking is listed with the shares and the mean ranks of the period, and what is new in it', () => {
  const spec = specOf({ topics: [], rankings: ['signal', 'nate'], rankingTerms: 2 })
  const report = withLists(
    [
      [AT - DAY - HOUR, 'b', 'c'],
      [AT - DAY, 'a', 'b'],
      [AT - HOUR, 'b', 'a'],
      [AT - 1, 'b', 'c'],
      [AT, 'z'],
    ],
    spec,
  )
  expect(report.rankings).toEqual([
    {
      source: 'signal',
      snapshots: 3,
      items: [
        { term: 'b', share: 1, meanRank: 4 / 3, isNew: false },
        { term: 'a', share: 2 / 3, meanRank: 1.5, isNew: true },
      ],
    },
    { source: 'nate', snapshots: 0, items: [] },
  ])
  expect(report.text.split('\n')).toEqual([
    'Mood report: daily',
    'Nov 26, 2026, 09:00 to Nov 27, 2026, 09:00 (Asia/Seoul)',
    '',
    'Trending: signal (3 lists)',
    '1. b: 100% of the time, mean rank 1.3',
    '2. a: 67% of the time, mean rank 1.5, new',
    '',
    'Trending: nate (0 lists)',
    '- No list was received.',
    '',
    'Not everything was counted',
    '- The exporter did not run for 24 h.',
  ])
  expect(briefReport(report, 200).split('\n').slice(2)).toEqual([
    'Trending: signal (3 lists)',
    '1. b 100%',
    '2. a 67%',
    'Trending: nate (0 lists)',
    'No list was received.',
    'The exporter did not run for 24 h.',
  ])
})

test('without lists of the previous period, new terms are unknown', () => {
  const spec = specOf({ topics: [], rankings: ['signal'], language: 'ko' })
  const report = withLists([[AT - HOUR, '갤럭시', '첫눈']], spec)
  expect(report.rankings[0]?.items.map(({ isNew }) => isNew)).toEqual([false, false])
  expect(report.markdown).toContain(
    '**인기 검색어: signal (목록 1개)**\n1. 갤럭시: 노출 100%, 평균 1위\n2. 첫눈: 노출 100%, 평균 2위',
  )
})

const BUSY: Posts[] = [
  { at: AT - DAY - HOUR, topic: 'galaxy', positive: 40, negative: 10 },
  inPeriod('galaxy', {
    positive: 40,
    neutral: 15,
    negative: 20,
    terms: { '갤럭시_s26*': 12 },
    url: 'https://x.com/a/(2)',
  }),
  inPeriod('nova', { positive: 10, negative: 15 }),
]

test('the whole of it in English', () => {
  expect(made(BUSY).text.split('\n')).toEqual([
    'Mood report: daily',
    'Nov 26, 2026, 09:00 to Nov 27, 2026, 09:00 (Asia/Seoul)',
    '',
    'galaxy',
    '- 75 posts (+50% on the period before, +75 on the week before)',
    '- Net sentiment +27% (-33 points on the period before); negative 27% (+7 points on the period before)',
    '- Share of voice 75%',
    '- Top terms: 갤럭시_s26* 12 (+0.5)',
    '- Rising terms: 갤럭시_s26* 12 (before: 0, +0.5)',
    '- Posts: https://x.com/a/(2) (-0.5)',
    '',
    'nova',
    '- Only 25 posts: too few for percentages. (0 posts on the period before, 0 posts on the week before)',
    '- Share of voice 25%',
    '',
    'Not everything was counted',
    '- The exporter did not run for 24 h.',
  ])
})

test('the whole of it in Korean, as Markdown', () => {
  expect(made(BUSY, {}, specOf({ language: 'ko' })).markdown.split('\n')).toEqual([
    '**여론 보고서: daily**',
    '2026. 11. 26. 09:00 \\~ 2026. 11. 27. 09:00 (Asia/Seoul)',
    '',
    '**galaxy**',
    '- 글 75건 (직전 기간 대비 +50%, 전주 대비 +75)',
    '- 순감성 +27% (직전 기간 대비 -33%p); 부정 27% (직전 기간 대비 +7%p)',
    '- 언급 점유율 75%',
    '- 주요 단어: 갤럭시\\_s26\\* 12 (+0.5)',
    '- 급상승 단어: 갤럭시\\_s26\\* 12 (이전 0, +0.5)',
    '- 게시글: [x.com](<https://x.com/a/(2)>) (-0.5)',
    '',
    '**nova**',
    '- 글이 25건뿐이라 비율을 표시하지 않습니다. (직전 기간 대비 글 0건, 전주 대비 글 0건)',
    '- 언급 점유율 25%',
    '',
    '**집계에서 빠진 부분**',
    '- 수집기가 24시간 동안 실행되지 않았습니다.',
  ])
})

test('the short form names what it leaves out', () => {
  const report = made(BUSY, {}, specOf({ language: 'ko' }))
  expect(briefReport(report, 200).split('\n')).toEqual([
    '여론 보고서: daily',
    '11. 26. 09:00 ~ 11. 27. 09:00',
    'galaxy: 글 75건 +50%, 순감성 +27%',
    'nova: 글 25건 +25',
    '수집기가 24시간 동안 실행되지 않았습니다.',
  ])
  expect(briefReport(report, 90).split('\n').slice(2)).toEqual([
    'galaxy: 글 75건 +50%, 순감성 +27%',
    '… 외 2건',
  ])
  for (let most = 20; most < 200; most++)
    expect([...briefReport(report, most)].length).toBeLessThanOrEqual(most)
})

test('a template is what a report is written by; where it cannot write one, the report has the usual text', () => {
  const posts = [inPeriod('galaxy', { positive: 40 })]
  const template =
    '{% for topic in topics %}{% if topic.total > 0 %}{{ topic.topic }}: {{ topic.total | posts }}{% endif %}{% endfor %}'
  const withTemplate = specOf({ template })
  expect(made(posts, {}, withTemplate)).toMatchObject({ template, text: 'galaxy: 40 posts' })
  const faults: string[] = []
  const state = stateOf(shapeOf(withTemplate), [], AT + 60_000)
  const source = { state, incidents: null }
  const report = buildReport(withTemplate, AT, source, true, false, reason => faults.push(reason))
  expect(faults).toEqual(['it writes nothing'])
  expect(report).toEqual(buildReport(SPEC, AT, source, true))
})
