import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { dataPanels } from '../grafana/check/dashboard-json.ts'
import type { Dashboard, Panel } from '../tools/preview/json.ts'
import { NOTICE, page } from '../tools/preview/page.ts'
import type { Answerer, Samples } from '../tools/preview/prometheus.ts'
import { openView } from '../tools/preview/view.ts'
import { readDashboards } from '../tools/stack/dashboards.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const RANGE = { from: 1_800_000_000_000, to: 1_800_000_900_000 }

/** Every label that a legend or a variable of our dashboards asks for. */
const LABELS = {
  ...{ topic: 'nova', source: 'demo', scorer: 'afinn', window: '1m', extractor: 'hashtags', term: '#갤럭시' },
  ...{
    job: 'mood-exporter',
    instance: 'localhost:1',
    sentiment: 'negative',
    alertname: 'MoodTurnsNegative',
    le: '0.5',
  },
}

/** Answers every query alike, and notes it. */
function answerer(
  answer: Samples[] | Error = [
    {
      labels: LABELS,
      points: [
        [RANGE.from, 0.2],
        [RANGE.from + 5000, 1],
      ],
    },
  ],
) {
  const asked: { query: string; step?: number }[] = []
  const give = async () => {
    if (answer instanceof Error) throw answer
    return answer
  }
  const prometheus: Answerer = {
    instant: query => {
      asked.push({ query })
      return give()
    },
    range: (query, _, step) => {
      asked.push({ query, step })
      return give()
    },
    query: async () => [{ labels: LABELS, value: 1 }],
  }
  return { prometheus, asked }
}

const open = (dashboard: Dashboard, prometheus: Answerer, chosen: Record<string, string> = {}) =>
  openView(dashboard, prometheus, { range: RANGE, width: 1280, chosen })

const panel = (type: string, more: Partial<Panel> = {}): Panel => ({
  id: 7,
  type,
  title: `A panel "of" type ${type}`,
  description: 'What it says <and> why',
  gridPos: { x: 0, y: 0, w: 12, h: 6 },
  targets: [{ refId: 'A', expr: 'up', legendFormat: '{{topic}}' }],
  ...more,
})

test('what lies between two lines is filled where one is filled down to the other', async () => {
  const band = (fillBelowTo: string) =>
    panel('timeseries', {
      interval: '5s',
      targets: [
        { refId: 'A', expr: 'a', legendFormat: 'at most' },
        { refId: 'B', expr: 'b', legendFormat: 'at least' },
      ],
      fieldConfig: {
        defaults: {},
        overrides: [
          {
            matcher: { id: 'byName', options: 'at most' },
            properties: [
              { id: 'color', value: { mode: 'fixed', fixedColor: '#123456' } },
              { id: 'custom.fillBelowTo', value: fillBelowTo },
              { id: 'custom.fillOpacity', value: 20 },
              { id: 'custom.lineWidth', value: 0 },
            ],
          },
        ],
      },
    })
  const drawn = async (fillBelowTo: string) =>
    page(await open({ panels: [band(fillBelowTo)] }, answerer().prometheus)).markup
  const filled =
    /<(?:polygon|path)[^>]*fill="(?:#123456|rgb\(18,52,86\))"[^>]*fill-opacity="0\.2"|<(?:polygon|path)[^>]*fill="#123456"[^>]*opacity="0\.2"/
  expect(await drawn('at least')).toMatch(filled)
  expect(await drawn('another')).not.toMatch(filled)
})

test('every panel of the shipped dashboards is drawn: its type, units, colours and mappings are known', async () => {
  for (const [name, dashboard] of await readDashboards(root)) {
    // Texts alone need no preview.
    if (dataPanels(dashboard).length === 0) continue
    const view = await open(dashboard as Dashboard, answerer().prometheus)
    const { markup, faults } = page(view)
    expect(faults, name).toEqual([])
    for (const { title } of view.panels) expect(markup).toContain(title.replaceAll('"', '&quot;'))
    expect(markup).toContain(NOTICE)
  }
})

test('a panel of an unknown type or unit is reported in one line and hides no other', async () => {
  const panels = [
    panel('piechart'),
    panel('stat', { id: 8, fieldConfig: { defaults: { unit: 'furlongs' } } }),
    panel('stat', { id: 9, fieldConfig: { defaults: { unit: 'suffix:sound' } } }),
  ]
  const { markup, faults } = page(await open({ title: 'Broken', panels }, answerer().prometheus))
  expect(faults).toEqual([
    'panel 7 "A panel "of" type piechart": the preview cannot draw panels of the type "piechart": see tools/preview/panels',
    'panel 8 "A panel "of" type stat": the preview does not know the unit "furlongs": add it to tools/preview/units.ts',
  ])
  expect(markup).toContain('the preview cannot draw panels of the type &quot;piechart&quot;')
  expect(markup).toContain(' sound')
})

test('of a row that is closed the heading is drawn, marked as such, and its panels are not asked for', async () => {
  const { prometheus } = answerer(new Error('asked'))
  const row = { id: 8, type: 'row', title: 'Posts', collapsed: true, panels: [panel('logs')] }
  const { markup, faults } = page(await open({ title: 'Closed', panels: [row] }, prometheus))
  expect(faults).toEqual([])
  expect(markup).toContain('<span>▸</span> Posts')
  expect(markup).not.toContain('of type logs')
})

test('a query that Prometheus rejects is reported in its panel', async () => {
  const { prometheus } = answerer(new Error('parse error: unexpected end of input'))
  const { markup, faults } = page(await open({ title: 'Broken', panels: [panel('timeseries')] }, prometheus))
  expect(faults).toEqual(['panel 7 "A panel "of" type timeseries": parse error: unexpected end of input'])
  expect(markup).toContain('parse error')
})

test('a panel without data says what its noValue says', async () => {
  const panels = [
    panel('timeseries', { fieldConfig: { defaults: { noValue: 'Nothing <yet>' } } }),
    panel('stat'),
  ]
  const { markup } = page(await open({ title: 'Empty', panels }, answerer([]).prometheus))
  expect(markup).toContain('Nothing &lt;yet&gt;')
  expect(markup).toContain('No data')
})

test('titles, descriptions and labels are text, whatever they hold', async () => {
  const { prometheus } = answerer([
    {
      labels: { topic: '<script>' },
      points: [
        [RANGE.from, 1],
        [RANGE.to, 2],
      ],
    },
  ])
  for (const type of ['timeseries', 'stat', 'state-timeline']) {
    const { markup } = page(await open({ title: '</title>', panels: [panel(type)] }, prometheus))
    expect(markup).toContain('A panel &quot;of&quot; type')
    expect(markup).toContain('title="What it says &lt;and&gt; why"')
    expect(markup).not.toContain('<script>')
    expect(markup).not.toContain('<title></title>')
  }
})

const VARIABLES = {
  list: [
    {
      name: 'topic',
      label: 'Topic',
      type: 'query',
      multi: true,
      allValue: '.+',
      current: { value: '$__all' },
      query: { query: 'label_values(mood_posts_total, topic)' },
    },
  ],
}

test('variables are filled in as Grafana does, and shown above the panels', async () => {
  const { prometheus, asked } = answerer()
  const target = { refId: 'A', expr: 'rate(x{topic=~"$topic"}[$__rate_interval])' }
  const panels = [panel('timeseries', { targets: [target], interval: '5s', title: 'About $topic' })]
  const dashboard = { title: 'Variables', templating: VARIABLES, panels }
  const { markup } = page(await open(dashboard, prometheus))
  expect(asked).toEqual([{ query: 'rate(x{topic=~".+"}[6000ms])', step: 5000 }])
  expect(markup).toContain('About All')
  expect(markup).toContain('<b>Topic</b><span>All</span>')
})

test('a value that is chosen takes the place of the usual one', async () => {
  const { prometheus, asked } = answerer()
  const panels = [
    panel('stat', { title: '$topic', targets: [{ refId: 'A', expr: 'x{topic=~"$topic"}', instant: true }] }),
  ]
  const view = await open({ title: 'Chosen', templating: VARIABLES, panels }, prometheus, { topic: 'nova' })
  expect(asked).toEqual([{ query: 'x{topic=~"nova"}' }])
  expect(view.panels[0]?.title).toBe('nova')
})

test('annotations mark the stretches of time in which they are the case', async () => {
  const points: [number, number][] = [0, 5, 10, 60, 65].map(second => [RANGE.from + second * 1000, 1])
  const { prometheus } = answerer([{ labels: LABELS, points }])
  const annotation = {
    name: 'Turns',
    expr: 'ALERTS',
    step: '5s',
    iconColor: '#e8793a',
    titleFormat: '{{alertname}}',
  }
  const view = await open({ title: 'Marked', annotations: { list: [annotation] }, panels: [] }, prometheus)
  expect(view.marks.map(({ from, to, title }) => [from - RANGE.from, to - RANGE.from, title])).toEqual([
    [0, 10_000, 'MoodTurnsNegative'],
    [60_000, 65_000, 'MoodTurnsNegative'],
  ])
})

test('a heat map counts what is in each bucket, without what is in the lower ones', async () => {
  const bucket = (le: string, count: number): Samples => ({ labels: { le }, points: [[RANGE.to, count]] })
  const { prometheus } = answerer([bucket('+Inf', 10), bucket('0.5', 3), bucket('1', 10)])
  const options = {
    color: { mode: 'scheme', scheme: 'Cividis' },
    yAxis: { unit: 'percentunit' },
    cellValues: { unit: 'suffix:posts' },
    legend: { show: true },
  }
  const { markup } = page(await open({ title: 'Heat', panels: [panel('heatmap', { options })] }, prometheus))
  expect(markup).toContain('7 posts')
  expect(markup).toMatch(/>50%<[\s\S]*>100%</)
})

test('lines are stacked on each other at the same times, and a gap is no line', async () => {
  const at = (second: number): number => RANGE.from + second * 1000
  const { prometheus } = answerer([
    { labels: { topic: 'whole' }, points: [0, 1, 2, 3].map(second => [at(second), 1]) },
    {
      labels: { topic: 'late' },
      points: [
        [at(2), 1],
        [at(3), 1],
      ],
    },
  ])
  const lines = panel('timeseries', {
    fieldConfig: {
      defaults: { min: 0, color: { mode: 'palette-classic' }, custom: { stacking: { mode: 'normal' } } },
    },
  })
  const view = await open({ title: 'Stacked', panels: [lines] }, prometheus)
  const { markup } = page({ ...view, range: { from: at(0), to: at(3) } })
  const paths = ['#73bf69', '#f2cc0c'].map(
    colour => markup.match(new RegExp(`d="([^"]*)"[^>]*stroke="${colour}"`))?.[1],
  )
  const points = paths.map(
    path => path?.match(/[\d.]+ [\d.]+/g)?.map(pair => pair.split(' ').map(Number)) ?? [],
  )
  expect(points.map(({ length }) => length)).toEqual([4, 2])
  expect(points[1]?.map(([x]) => x)).toEqual(points[0]?.slice(2).map(([x]) => x))
})
