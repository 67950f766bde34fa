import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { formatProblem, parseConfig } from '../config/load.ts'
import { validate } from './validate.ts'

const scorer = (name: string, metrics: string) => `
import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: '${name}',
  description: 'Nothing.',
  options: z.object({}),
  metrics: ${metrics},
  create: () => ({ score: () => 0 }),
})
`

const extractor = (name: string, metrics: string) =>
  scorer(name, metrics)
    .replaceAll('defineScorer', 'defineExtractor')
    .replace('score: () => 0', 'extract: () => []')

const REQUESTS = `{ requests: { type: 'counter', help: 'Requests.', labels: ['code'] } }`

/** The problems of a configuration with these sections, whose folder holds these plugins. */
async function problemsOf(sections: object, files: Record<string, string>): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-loader-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const result = parseConfig(
    JSON.stringify({ sources: [{ use: 'demo' }], ...sections }),
    join(folder, 'mood.yml'),
  )
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  const { problems } = await validate(result.loaded)
  return problems.map(({ path, message, code }) => [path, message, code])
}

test.each([
  [
    `{ requests_total: { type: 'counter', help: 'Requests.' } }`,
    'declares a metric that cannot be exported: metrics.requests_total: expected a name without a suffix',
  ],
  [
    `{ requests: { type: 'counter', help: 'Requests.', labels: ['plugin'] } }`,
    'declares a metric that cannot be exported: metrics.requests: expected labels of the plugin',
  ],
  ['3', 'declares `metrics` that are no object'],
])('metrics that cannot be exported are refused before anything runs: %s', async (metrics, message) => {
  const problems = await problemsOf(
    { scorers: [{ use: './a.ts' }] },
    { 'a.ts': scorer('a', `${metrics} as never`) },
  )
  expect(problems).toEqual([['scorers[0].use', expect.stringContaining(message), 'ERR_PLUGIN_INVALID']])
})

test('instances of one plugin share its metrics', async () => {
  const scorers = [{ use: './a.ts' }, { use: './a.ts', name: 'b' }]
  expect(await problemsOf({ scorers }, { 'a.ts': scorer('a', REQUESTS) })).toEqual([])
})

test.each([
  ['with other labels', scorer('my-a', `{ requests: { type: 'counter', help: 'Requests.' } }`), 'scorers'],
  ['as another type', scorer('my-a', `{ requests: { type: 'gauge', help: 'Requests.' } }`), 'scorers'],
  ['of another kind', extractor('my-a', REQUESTS), 'extractors'],
])('two plugins may not declare one metric %s', async (_, second, section) => {
  const [a, b] = [{ use: './a.ts' }, { use: './b.ts' }]
  const problems = await problemsOf(
    section === 'scorers' ? { scorers: [a, b] } : { scorers: [a], extractors: [b] },
    { 'a.ts': scorer('my.a', REQUESTS), 'b.ts': second },
  )
  expect(problems).toEqual([
    [
      section === 'scorers' ? 'scorers[1]' : 'extractors[0]',
      expect.stringMatching(
        /^its metric mood_plugin_my_a_requests\S* is also one of the plugin of scorers\[0\]/,
      ),
      'ERR_CONFIG_INVALID',
    ],
  ])
})
