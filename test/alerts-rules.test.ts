import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { knownMetrics } from '../grafana/check/known-metrics.ts'
import { runbookSections } from '../grafana/dashboards/runbook.ts'
import { builtInPlugins } from '../src/loader/load.ts'
import { exportedName } from '../src/plugin/metric-definitions.ts'
import { tool, unavailable } from '../tools/stack/tools.ts'
import { ruleFaults, rulesIn } from './support/rules.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFile(join(root, path), 'utf8')
const folderOf = async (path: string) =>
  (await readdir(join(root, path))).filter(name => name.endsWith('.yml'))

const RULES = await folderOf('prometheus/rules')
const TESTS = await folderOf('prometheus/tests')

const alerts = (await Promise.all(RULES.map(file => read(`prometheus/rules/${file}`))))
  .flatMap(rulesIn)
  .flatMap(({ alert }) => alert ?? [])

/** Metrics of Prometheus itself, which scrapes itself, that rules go by. */
const OF_PROMETHEUS = ['prometheus_rule_evaluation_failures_total', 'prometheus_notifications_dropped_total']

/** Metrics of built-in plugins' own. */
const OF_PLUGINS = (await builtInPlugins()).flatMap(({ name, metrics = {} }) =>
  Object.entries(metrics).map(([metric, definition]) => exportedName(name, metric, definition)),
)

const surroundings = {
  metrics: new Set([...knownMetrics(root), ...OF_PROMETHEUS, ...OF_PLUGINS]),
  runbook: runbookSections(await read('docs/alerts.md')).map(({ title }) => title),
}

/** What a command says, and its exit code. */
function run(command: string, args: string[]): Promise<{ code: number; said: string }> {
  return new Promise(resolve => {
    execFile(command, args, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}` }),
    )
  })
}

/** What promtool says of a file of rules with that text, but for blank lines. */
async function checked(promtool: string, text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-rules-'))
  try {
    await writeFile(join(folder, 'rules.yml'), text)
    const { said } = await run(promtool, ['check', 'rules', join(folder, 'rules.yml')])
    return said
      .replaceAll(`${folder}/`, '')
      .split('\n')
      .filter(line => /\S/.test(line))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test.for(TESTS)('the rules pass prometheus/tests/%s', { timeout: 300_000 }, async (file, context) => {
  const promtool = tool(context, 'promtool')
  const [, major] = /version (\d+)/.exec((await run(promtool, ['--version'])).said) ?? []
  // To Prometheus 2 a range has both its ends, and so counts another post here and there.
  if (Number(major) < 3) unavailable(context, `${promtool} is older than Prometheus 3: npm run tools`)
  const { code, said } = await run(promtool, ['test', 'rules', `prometheus/tests/${file}`])
  expect(said).toContain('SUCCESS')
  expect(code, said).toBe(0)
})

test('Prometheus takes its configuration and the rules that it names', async context => {
  const { code, said } = await run(tool(context, 'promtool'), [
    'check',
    'config',
    'prometheus/prometheus.yml',
  ])
  expect(code, said).toBe(0)
  for (const file of RULES) expect(said).toContain(`rules/${file}`)
})

test('Alertmanager takes its configuration', async context => {
  const { code, said } = await run(tool(context, 'amtool'), ['check-config', 'alertmanager/alertmanager.yml'])
  expect(code, said).toBe(0)
})

test('a message describes the alert, and after its end the duration', async context => {
  const amtool = tool(context, 'amtool')
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-message-'))
  const alert = {
    labels: { alertname: 'MoodTurnsNegative', topic: 'galaxy' },
    annotations: {
      summary: 'The mood about galaxy turns negative',
      description: '44% of 312 posts in 5m are negative.',
      dashboard_url: 'http://localhost:3000/d/mood',
      runbook_url: 'http://localhost:3000/d/mood-runbook',
    },
    startsAt: '2026-01-31T10:00:00Z',
  }
  const message = async (status: string, template: string) => {
    const ends = status === 'resolved' ? { endsAt: '2026-01-31T10:12:31.4Z' } : {}
    const data = { status, alerts: [{ ...alert, status, ...ends }], commonAnnotations: alert.annotations }
    await writeFile(join(folder, 'data.json'), JSON.stringify(data))
    const { said } = await run(amtool, [
      'template',
      'render',
      '--template.glob=alertmanager/mood.tmpl',
      `--template.text={{ template "${template}" . }}`,
      `--template.data=${join(folder, 'data.json')}`,
    ])
    return said.trim()
  }
  try {
    expect(await message('firing', 'mood.title')).toBe('The mood about galaxy turns negative')
    expect(await message('firing', 'mood.text')).toBe(
      '44% of 312 posts in 5m are negative.\nLook: http://localhost:3000/d/mood\nWhat to do: http://localhost:3000/d/mood-runbook',
    )
    expect(await message('resolved', 'mood.title')).toBe('Over: The mood about galaxy turns negative')
    expect(await message('resolved', 'mood.text')).toBe(
      'The mood about galaxy turns negative: over after 12m31s, from 10:00 to 10:12 UTC.\nLook: http://localhost:3000/d/mood',
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test.for(RULES)('rules in %s read metrics that there are, and alerts say what a person needs', async file => {
  expect(ruleFaults(file, await read(`prometheus/rules/${file}`), surroundings)).toEqual([])
})

test('of each alert it is tested that it fires, and that it does not', async () => {
  const tests = await Promise.all(
    TESTS.map(async file => parse(await read(`prometheus/tests/${file}`)).tests),
  )
  const expectations = tests.flat(2).flatMap(one => one.alert_rule_test ?? [])
  const fired = expectations.filter(({ exp_alerts }) => exp_alerts.length > 0)
  expect(new Set(fired.map(({ alertname }) => alertname))).toEqual(new Set(alerts))
  // Those of topics are looked for among all that fire.
  const silent = [
    ...expectations.filter(({ exp_alerts }) => exp_alerts.length === 0).map(({ alertname }) => alertname),
    ...['MoodTurnsNegative', 'MoodTurnsPositive', 'TopicSurges', 'TopicFallsSilent'],
  ]
  expect(new Set(silent)).toEqual(new Set(alerts))
})

test('an exporter that is down explains every alert but those of Prometheus itself, and a source that is down silence', async () => {
  const { inhibit_rules } = parse(await read('alertmanager/alertmanager.yml')) as {
    inhibit_rules: Inhibition[]
  }
  const explained = (by: string) =>
    inhibit_rules
      .filter(({ source_matchers }) => matching(source_matchers, [by]).length > 0)
      .flatMap(({ target_matchers }) => matching(target_matchers, alerts))
  expect(explained('MoodExporterDown').sort()).toEqual(
    alerts
      .filter(name => !['MoodExporterDown', 'MoodRulesFail', 'MoodAlertsNotDelivered'].includes(name))
      .sort(),
  )
  expect(explained('MoodSourceDown')).toEqual(['MoodSourceSilent', 'MoodRankingStale', 'TopicFallsSilent'])
  expect(explained('MoodRankingUnreadable')).toEqual(['MoodRankingStale'])
  for (const cause of ['MoodSourceSilent', 'MoodPostsDropped', 'MoodPluginFails'])
    expect(explained(cause)).toEqual(['TopicFallsSilent'])
  for (const name of alerts.filter(name => /Turns|Topic/.test(name))) expect(explained(name)).toEqual([])
})

interface Inhibition {
  source_matchers: string[]
  target_matchers: string[]
}

/** Those of the alerts that matchers on the label `alertname` are for. */
const matching = (matchers: string[], names: string[]): string[] =>
  names.filter(name =>
    matchers.every(matcher => {
      const [, pattern] = /^alertname=~?"(.*)"$/.exec(matcher) ?? []
      return new RegExp(`^(?:${pattern})$`).test(name)
    }),
  )

const ALERT = `
groups:
  - name: broken
    rules:
      - alert: MoodTurnsNegative
        expr: mood_posts_total > 1
        labels: { severity: warning }
        annotations:
          summary: a
          description: b
          dashboard_url: '{{ or $externalLabels.grafana_url "http://localhost:3000" }}/d/mood'
          runbook_url: '{{ or $externalLabels.grafana_url "http://localhost:3000" }}/d/mood-runbook?viewPanel=panel-1'
`

test('an invalid rule is reported in one line', () => {
  const faults = (from: string, to: string) => ruleFaults('broken.yml', ALERT.replace(from, to), surroundings)
  expect(faults('', '')).toEqual([])
  expect(faults('mood_posts_total', 'mood_post_total')).toEqual([
    'broken.yml: MoodTurnsNegative reads mood_post_total, which is neither exposed nor recorded',
  ])
  expect(faults('warning', 'urgent')).toEqual([
    'broken.yml: MoodTurnsNegative has the severity urgent, expected one of critical, warning, info',
  ])
  expect(faults('          description: b\n', '')).toEqual([
    'broken.yml: MoodTurnsNegative has no annotation description',
  ])
  expect(faults('panel-1', 'panel-2')).toEqual([
    'broken.yml: MoodTurnsNegative has the runbook {{ or $externalLabels.grafana_url "http://localhost:3000" }}/d/mood-runbook?viewPanel=panel-2, expected {{ or $externalLabels.grafana_url "http://localhost:3000" }}/d/mood-runbook?viewPanel=panel-1',
  ])
  expect(
    faults(
      'dashboard_url: \'{{ or $externalLabels.grafana_url "http://localhost:3000" }}',
      "dashboard_url: '",
    ),
  ).toEqual([
    'broken.yml: MoodTurnsNegative has the dashboard /d/mood, expected one of {{ or $externalLabels.grafana_url "http://localhost:3000" }}',
  ])
  expect(faults('alert: MoodTurnsNegative', 'alert: MoodTurnsGrey')).toContain(
    'broken.yml: MoodTurnsGrey has no section in the runbook of docs/alerts.md',
  )
})

test('promtool reports a rule that does not parse in one line', async context => {
  const promtool = tool(context, 'promtool')
  expect(await checked(promtool, ALERT)).toEqual(['Checking rules.yml', '  SUCCESS: 1 rules found'])
  const said = await checked(
    promtool,
    ALERT.replace('mood_posts_total > 1', 'sum by (topic (mood_posts_total)'),
  )
  expect(said.slice(0, 1)).toEqual(['Checking rules.yml'])
  const lines = said.filter(line => line.includes('rules.yml:'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(
    /rules\.yml: 6:15: group "broken", rule 1, "MoodTurnsNegative": could not parse expression/,
  )
})
