import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { startExporter } from '../tools/stack/exporter.ts'
import { startPrometheus } from '../tools/stack/prometheus.ts'
import { tool } from '../tools/stack/tools.ts'
import { namedBlocks } from './support/markdown.ts'
import { ROOT } from './support/package.ts'

const read = (path: string) => readFile(join(ROOT, path), 'utf8')
const rulesOf = (name: string) => join(ROOT, `prometheus/rules/${name}.yml`)

/** The example of a rule of Prometheus, but that it need not hold for minutes. */
async function example(): Promise<{ name: string; text: string }> {
  const text = namedBlocks(await read('docs/alerts.md')).find(({ name }) => name === 'mine.yml')?.text ?? ''
  return {
    name: parse(text).groups[0].rules[0].alert,
    text: text.replace(/^ +for: .*\n/m, ''),
  }
}

test('examples of alerts name no scorer, and fire on a configuration that names none', async context => {
  const binary = tool(context, 'prometheus')
  const grafana = parse(await read('grafana/provisioning/alerting/example.yml')).groups[0].rules[0]
  const { expr } = grafana.data[0].model
  const [threshold] = grafana.data[1].model.conditions[0].evaluator.params
  const { name, text } = await example()
  for (const written of [expr, text]) expect(written).not.toMatch(/scorer\s*=/)

  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-examples-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'mine.yml'), text)
  await using exporter = await startExporter({
    sources: [{ use: 'http', listen: '127.0.0.1:0' }],
    topics: { galaxy: ['galaxy s26'] },
  })
  await using prometheus = await startPrometheus(binary, [new URL(exporter.url).host], {
    job: 'mood-exporter',
    rules: [rulesOf('topics'), rulesOf('recording'), join(folder, 'mine.yml')],
  })
  const push = (from: number) =>
    exporter.push(
      Array.from({ length: 20 }, (_, n) =>
        JSON.stringify({ id: `${from + n}`, text: 'I hate this terrible galaxy s26', createdAt: Date.now() }),
      ),
    )
  // A counter has to rise while Prometheus looks: it does not know from where it came to its first value.
  await push(0)
  await prometheus.until('sum(mood_posts_total)', 20, 60_000)
  await push(100)
  await prometheus.until(`count(ALERTS{alertname="${name}", topic="galaxy", alertstate="firing"})`, 1, 90_000)
  await prometheus.until(`count((${expr}) > bool ${threshold} == 1)`, 1, 60_000)
}, 240_000)
