import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { metricNames, variableNames } from '../grafana/check/promql.ts'
import { checkStack } from '../grafana/check/stack.ts'
import {
  FACE_AND_WORD_MAPPING,
  FACE_MAPPING,
  moodLevel,
} from '../grafana/dashboards/shared/value-mappings.ts'
import { generate } from '../grafana/generate.ts'
import { moodOf } from '../src/html/mood.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const MOOD = 'grafana/generated/mood.json'
const DATA_SOURCES = 'grafana/provisioning/datasources/datasources.yml'
const EXAMPLE = 'grafana/provisioning/alerting/example.yml'

const copies: string[] = []
afterEach(() => {
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true })
})

/** A copy of what Grafana and Prometheus read, in which one file has been changed. */
function withChange(path: string, change: (text: string) => string): string {
  const copy = mkdtempSync(join(tmpdir(), 'mood-exporter-grafana-'))
  copies.push(copy)
  for (const folder of ['grafana/generated', 'grafana/provisioning', 'prometheus/rules'])
    cpSync(join(root, folder), join(copy, folder), { recursive: true })
  const text = readFileSync(join(copy, path), 'utf8')
  const changed = change(text)
  if (changed === text) throw new Error(`nothing was changed in ${path}`)
  writeFileSync(join(copy, path), changed)
  return copy
}

/** The same with a change to the panel "Mean score" of the dashboard Mood, as JSON. */
const withPanel = (change: (panel: Record<string, unknown>) => void) =>
  withChange(MOOD, text => {
    const dashboard = JSON.parse(text)
    change(dashboard.panels.find(({ title }: { title: string }) => title === 'Mean score'))
    return JSON.stringify(dashboard)
  })

test('the generated dashboards are what their TypeScript makes', () => {
  expect(generate(root, { write: false })).toEqual([])
})

test('a dashboard that was edited by hand has drifted', () => {
  const copy = withChange(MOOD, text => text.replace('Mood now', 'Mood then'))
  expect(generate(copy, { write: false })).toEqual([MOOD])
  generate(copy, { write: true })
  expect(generate(copy, { write: false })).toEqual([])
})

test('there is nothing wrong with the dashboards and what Grafana is provisioned with', () => {
  expect(checkStack(root)).toEqual([])
})

test('a query that reads an unknown metric is reported in one line', () => {
  const copy = withChange(MOOD, text =>
    text.replaceAll('mood_window_end_timestamp_seconds', 'mood_window_end'),
  )
  expect(checkStack(copy)).toEqual([
    `${MOOD}: panel 106 "Age of these numbers": query A reads mood_window_end, which is neither a metric of the exporter nor recorded by a rule`,
  ])
})

test('a recording rule that is gone is missed', () => {
  const copy = withChange('prometheus/rules/recording.yml', text =>
    text.replaceAll('record: topic:mood_score:mean1m', 'record: topic:mood_score:mean'),
  )
  expect(checkStack(copy)).toEqual([
    `${MOOD}: panel 108 "Mood of each topic": query A reads topic:mood_score:mean1m, which is neither a metric of the exporter nor recorded by a rule`,
  ])
})

test('a data source with another uid is missed by whatever names it', () => {
  const copy = withChange(DATA_SOURCES, text => text.replace('uid: prometheus', 'uid: prometeus'))
  const problems = checkStack(copy)
  expect(problems).toContain(
    `${MOOD}: panel 101 "Mood now": names the data source prometheus, which is not provisioned`,
  )
  expect(problems).toContain(
    `${EXAMPLE}: rule mood-example-negative-share: query A names the data source prometheus, which is not provisioned`,
  )
})

test('a provisioning file that does not parse is reported in one line', () => {
  const copy = withChange(DATA_SOURCES, text => text.replace('datasources:', 'datasources: ['))
  expect(checkStack(copy)[0]).toMatch(/^grafana\/provisioning\/datasources\/datasources\.yml: .+$/)
})

test.for<[what: string, change: (panel: Record<string, unknown>) => void, problem: string]>([
  ['no title', panel => delete panel.title, 'panel 102 "": has no title'],
  ['no description', panel => delete panel.description, 'panel 102 "Mean score": has no description'],
  [
    'no unit',
    panel => delete (panel.fieldConfig as { defaults: { unit?: string } }).defaults.unit,
    'panel 102 "Mean score": has no unit',
  ],
  ['no query', panel => delete panel.targets, 'panel 102 "Mean score": has no query'],
  [
    'the id of another',
    panel => Object.assign(panel, { id: 101 }),
    'panel 101 "Mean score": another panel has this id',
  ],
  [
    'the place of another',
    panel => Object.assign(panel, { gridPos: { x: 3, y: 0, w: 4, h: 5 } }),
    'panel 102 "Mean score": overlaps panel 101',
  ],
  [
    'an unknown variable',
    panel => Object.assign((panel.targets as object[])[0] as object, { expr: 'up{job="$jub"}' }),
    'panel 102 "Mean score": query A refers to the variable jub, which the dashboard does not have',
  ],
  [
    'a link to nowhere',
    panel => Object.assign(panel, { links: [{ url: '/d/modo?var-topic=x' }] }),
    'panel 102 "Mean score": links to the dashboard modo, which does not exist',
  ],
])('a panel with %s is reported in one line', ([, change, problem]) => {
  expect(checkStack(withPanel(change))).toEqual([`${MOOD}: ${problem}`])
})

test('a panel in a closed row is checked as any other, but for what is of Prometheus', () => {
  const copy = withChange(MOOD, text => {
    const dashboard = JSON.parse(text)
    const row = dashboard.panels.find(({ collapsed }: { collapsed?: boolean }) => collapsed)
    Object.assign(row.panels[0], { id: 101, description: '' })
    row.panels[0].targets[0].expr = '{topic=~"$topics"} | score < 0'
    return JSON.stringify(dashboard)
  })
  expect(checkStack(copy)).toEqual([
    `${MOOD}: panel 101 "Posts behind this": another panel has this id`,
    `${MOOD}: panel 101 "Posts behind this": has no description`,
    `${MOOD}: panel 101 "Posts behind this": query A refers to the variable topics, which the dashboard does not have`,
  ])
})

test.for<[what: string, change: (text: string) => string, problem: string]>([
  [
    'of a panel that there is not',
    text => text.replace('panelId: 401', 'panelId: 499'),
    'belongs to panel 499 of the dashboard mood, which does not exist',
  ],
  [
    'with a condition that is not one of its queries',
    text => text.replace('condition: C', 'condition: B'),
    'the condition B is not one of its queries',
  ],
  [
    'that reads an unknown metric',
    text => text.replace('mood_negative_share:ratio1m', 'mood_negative:ratio'),
    'query A reads topic:mood_negative:ratio, which does not exist',
  ],
])('an alert %s is reported in one line', ([, change, problem]) => {
  expect(checkStack(withChange(EXAMPLE, change))).toEqual([
    `${EXAMPLE}: rule mood-example-negative-share: ${problem}`,
  ])
})

test('the example of an alert is paused, and reads what its panel reads', () => {
  const example = readFileSync(join(root, EXAMPLE), 'utf8')
  expect(example).toContain('isPaused: true')
  const { panels } = JSON.parse(readFileSync(join(root, MOOD), 'utf8'))
  const panel = panels.find(({ id }: { id: number }) => id === 401)
  const [query] = panel.targets
  expect(metricNames(query.expr)).not.toEqual([])
  for (const metric of metricNames(query.expr)) expect(example).toContain(metric)
})

/** What an expression of two-valued comparisons comes to, with these cuts in the place of the metric. */
function placed(score: number, { positive, negative }: { positive: number; negative: number }): number {
  const expression = moodLevel(String(score))
    .replace(
      /scalar\(max\(mood_sentiment_threshold\{[^}]*sentiment="(\w+)"\}\) or vector\([^)]*\)\)/g,
      (_, sentiment) => String(sentiment === 'positive' ? positive : negative),
    )
    .replaceAll(' bool ', ' ')
  return Number(new Function(`return ${expression}`)())
}

test.for([-1, -0.31, -0.3, -0.29, -0.05, -0.04, 0, 0.04, 0.05, 0.29, 0.3, 0.41, 1])(
  'a mean score of %d has the face that it has on the status page, wherever the configuration cuts scores',
  score => {
    for (const cuts of [
      { positive: 0.05, negative: -0.05 },
      { positive: 0.4, negative: -0.3 },
      { positive: 0.3, negative: 0.05 },
    ]) {
      const moods = ['very-negative', 'negative', 'neutral', 'positive', 'very-positive']
      const place = moods.indexOf(moodOf(score, cuts))
      expect(placed(score, cuts)).toBe(place)
      const text = ['😡', '🙁', '😐', '🙂', '😄'][place] as string
      expect(FACE_MAPPING.options).toMatchObject({ [place]: { text } })
      expect(FACE_AND_WORD_MAPPING.options).toMatchObject({
        [place]: { text: expect.stringContaining(text) },
      })
    }
  },
)

test('metrics are found in an expression, and nothing else is taken for one', () => {
  const expr = `2 * sum by (topic, a_label) (rate(one_total{label="not_this", other=~"nor|that"}[5m] offset 1h))
    / on (job) group_left (x) max without (y) (topic:two:rate1m > bool 0.5e3) unless three and 1e5 or NaN`
  expect(metricNames(expr)).toEqual(['one_total', 'topic:two:rate1m', 'three'])
})

test('variables are found in either spelling', () => {
  expect(variableNames(`x{a="$one", b=~"\${two:regex}"}[$__rate_interval]`)).toEqual([
    'one',
    'two',
    '__rate_interval',
  ])
})
