import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { queriesOf, readDashboards } from '../tools/stack/dashboards.ts'
import { tool } from '../tools/stack/tools.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const posts = (lang: string, sentiment: string, values: string) => ({
  series: `topic_lang:mood_posts:last1h{job="mood-exporter", topic="tea", lang="${lang}", scorer="vader", sentiment="${sentiment}"}`,
  values,
})

test('net sentiment by language is that of a day, for languages with enough posts', async context => {
  const promtool = tool(context, 'promtool')
  const brands = (await readDashboards(root)).get('brands.json')
  const panel = brands?.panels?.find(({ title }) => title === 'Net sentiment by language')
  if (!brands || !panel) throw new Error('there is no such panel')
  const values = { job: '.+', topic: '.+', scorer: 'vader' }
  const [query] = queriesOf('brands.json', { ...brands, panels: [panel] }, values)

  const rules = {
    evaluation_interval: '2m',
    tests: [
      {
        interval: '2m',
        input_series: [
          // 96 posts.
          posts('en', 'positive', '4x720'),
          // 30 posts, of which 7 in the last hour.
          posts('en', 'negative', '1x690 7x30'),
          // 24 posts: too few.
          posts('ko', 'positive', '1x720'),
        ],
        promql_expr_test: [
          {
            expr: query?.expr,
            eval_time: '24h',
            exp_samples: [{ labels: '{lang="en"}', value: (96 - 30) / (96 + 30) }],
          },
        ],
      },
    ],
  }
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-brands-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'tests.yml')
  await writeFile(file, stringify(rules))
  await promisify(execFile)(promtool, ['test', 'rules', file])
})
