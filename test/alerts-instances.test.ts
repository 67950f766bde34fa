import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { tool, unavailable } from '../tools/stack/tools.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Series {
  series: string
  values: string | number
}

interface TestFile {
  rule_files: string[]
  tests: { input_series: Series[] }[]
}

/**
 * What each of three exporters has of a count. Each has another mood, so that a mean of means would be wrong. Halves and
 * quarters are exact.
 */
const PARTS: Record<string, readonly number[]> = {
  negative: [0.5, 0.25, 0.25],
  positive: [0.25, 0.25, 0.5],
  other: [0.25, 0.5, 0.25],
}

/** What an exporter exposes, and no rule has recorded. */
const IS_EXPOSED = /^mood_/

/** What is the same in every exporter. */
const IS_CONFIGURED = /^mood_topic_alert_threshold\{/

/** One of the three's part of a series. */
function partOf({ series, values }: Series, exporter: number): Series {
  const sentiment = /sentiment="(\w+)"/.exec(series)?.[1] ?? ''
  const parts = PARTS[sentiment] ?? (PARTS.other as readonly number[])
  const factor = IS_CONFIGURED.test(series) ? 1 : (parts[exporter] as number)
  const [, own] = /instance="([^"]*)"/.exec(series) ?? []
  const instance = `instance="${own ?? 'exporter'}-${exporter}"`
  return {
    series:
      own === undefined
        ? series.replace('{', `{${instance}, `)
        : series.replace(/instance="[^"]*"/, instance),
    values: String(values)
      .split(/\s+/)
      .map(token => scaled(token, factor))
      .join(' '),
  }
}

/** Values in promtool's notation: `5`, `0+2x720`, `3x719`; `_` and `stale` stay. */
function scaled(token: string, factor: number): string {
  const [, value, step, times] = /^(-?[\d.]+)([+-][\d.]+)?(x\d+)?$/.exec(token) ?? []
  if (value === undefined) return token
  const by = step === undefined ? '' : `${Number(step) < 0 ? '' : '+'}${Number(step) * factor}`
  return `${Number(value) * factor}${by}${times ?? ''}`
}

test.for(['topics.yml', 'recording.yml'])(
  'three exporters that share the posts lead to the numbers and alerts of one: prometheus/tests/%s',
  {
    timeout: 300_000,
  },
  async (file, context) => {
    const promtool = tool(context, 'promtool')
    const { stdout } = await promisify(execFile)(promtool, ['--version'])
    if (Number(/version (\d+)/.exec(stdout)?.[1]) < 3)
      unavailable(context, `${promtool} is older than Prometheus 3: npm run tools`)
    const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-instances-'))
    try {
      const tests = parse(await readFile(join(root, 'prometheus/tests', file), 'utf8')) as TestFile
      tests.rule_files = tests.rule_files.map(path => join(root, 'prometheus/tests', path))
      for (const one of tests.tests)
        one.input_series = one.input_series.flatMap(series =>
          IS_EXPOSED.test(series.series) ? [0, 1, 2].map(i => partOf(series, i)) : series,
        )
      await writeFile(join(folder, file), stringify(tests))
      const said = await promisify(execFile)(promtool, ['test', 'rules', join(folder, file)], {
        maxBuffer: 2 ** 26,
      }).then(
        ({ stdout, stderr }) => `${stdout}${stderr}`,
        error => `${error.stdout}${error.stderr}`,
      )
      expect(said).toContain('SUCCESS')
      expect(said).not.toContain('FAILED')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
