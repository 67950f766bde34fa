import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { formatProblem, parseConfig } from '../config/load.ts'
import { validate } from './validate.ts'

const plugin = (more: string) => `
import { defineOutput, z } from 'mood-exporter/plugin'
export default defineOutput({
  name: 'mine',
  description: 'Nothing.',
  options: z.object({ pin: z.string().meta({ secret: true }).optional() }),
  create: () => ({ write: async () => {} }),
  ${more}
})
`

/** What is found of a configuration whose folder holds these plugins. */
async function validated(outputs: object[], files: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'mood-loader-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const text = JSON.stringify({ sources: [{ use: 'demo' }], outputs })
  const result = parseConfig(text, join(folder, 'mood.yml'))
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  const { outputs: found, secrets, problems } = await validate(result.loaded)
  return { found, secrets, problems: problems.map(({ path, message, code }) => [path, message, code]) }
}

test('outputs are loaded and named, and their secrets known', async () => {
  const { found, secrets, problems } = await validated(
    [{ use: 'webhook', url: 'https://a/' }, { use: './mine.ts' }, { use: 'stdout', name: 'console' }],
    { 'mine.ts': plugin("takes: ['windows']") },
  )
  expect(problems).toEqual([])
  expect(found).toEqual([{ name: 'webhook' }, { name: 'mine' }, { name: 'console' }])
  expect(secrets).toContainEqual(['outputs', '0', 'url'])
  expect(secrets).toContainEqual(['outputs', '1', 'pin'])
})

test('problems in the options of an output are reported', async () => {
  const { problems } = await validated([{ use: 'webhook', uri: 'x', url: 'https://a/' }, { use: 'webhok' }])
  expect(problems).toContainEqual([
    'outputs[0].uri',
    'unknown key "uri", did you mean "url"?',
    'ERR_CONFIG_INVALID',
  ])
  expect(problems).toContainEqual([
    'outputs[1].use',
    expect.stringContaining('did you mean "webhook"?'),
    'ERR_PLUGIN_NOT_FOUND',
  ])
})

test('two outputs may not have one name, which a plugin may give itself', async () => {
  const files = { 'a.ts': plugin("takes: ['windows']"), 'b.ts': plugin("takes: ['windows']") }
  const { problems } = await validated([{ use: './a.ts' }, { use: './b.ts' }], files)
  expect(problems.map(([path, message]) => [path, message])).toEqual([
    ['outputs[1]', 'two outputs are called "mine": give this one a `name` of its own'],
  ])
})

test.for([
  [
    '',
    './mine.ts: does not say what it takes: give `takes` a list, of "windows", "reports", "alerts", "posts", "rankings"',
  ],
  [
    'takes: [],',
    './mine.ts: does not say what it takes: give `takes` a list, of "windows", "reports", "alerts", "posts", "rankings"',
  ],
  [
    "takes: ['windows', 'gossip'] as never,",
    './mine.ts: takes "gossip": expected "windows", "reports", "alerts", "posts", "rankings"',
  ],
] as const)('an output without known event kinds is rejected: %s', async ([takes, message]) => {
  const { problems } = await validated([{ use: './mine.ts' }], { 'mine.ts': plugin(takes) })
  expect(problems).toEqual([['outputs[0].use', message, 'ERR_PLUGIN_INVALID']])
})
