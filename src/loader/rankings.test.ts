import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { formatProblem, parseConfig } from '../config/load.ts'
import { validate } from './validate.ts'

const MINE = `
import { defineRankingFormat, z } from 'mood-exporter/plugin'
export default defineRankingFormat({
  name: 'mine',
  description: 'Nothing.',
  options: z.object({}),
  create: () => ({ decode: () => null }),
})
`

/** What is found of a configuration whose folder holds a format of rankings. */
async function validated(config: object) {
  const folder = await mkdtemp(join(tmpdir(), 'mood-loader-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'mine.ts'), MINE)
  const result = parseConfig(JSON.stringify(config), join(folder, 'mood.yml'))
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  const { sources, problems } = await validate(result.loaded)
  const known = sources as { name: string; rankings?: boolean }[]
  return {
    sources: known.map(({ name, rankings }) => [name, rankings]),
    problems: problems.map(({ path, message }) => `${path}: ${message}`),
  }
}

const SOURCES = [{ use: 'demo' }, { use: 'stdin', name: 'charts', format: './mine.ts' }]

test('a source has rankings where its format says so', async () => {
  const topics = { trending: { from: 'charts' } }
  const reports = [{ rankings: ['charts'] }]
  expect(await validated({ sources: SOURCES, topics, reports })).toEqual({
    sources: [
      ['demo', false],
      ['charts', true],
    ],
    problems: [],
  })
})

test('topics and reports of an unknown ranking are rejected', async () => {
  const topics = { a: { from: 'demo' }, b: { from: 'signal' }, c: ['x'] }
  const reports = [{ rankings: ['charts', 'demo'] }]
  const there = 'those with rankings are charts'
  expect((await validated({ sources: SOURCES, topics, reports })).problems).toEqual([
    `topics.a.from: no source with rankings is called "demo"; ${there}`,
    `topics.b.from: no source with rankings is called "signal"; ${there}`,
    `reports[0].rankings[1]: no source with rankings is called "demo"; ${there}`,
  ])
  const { problems } = await validated({ sources: [{ use: 'demo' }], topics: { a: { from: 'x' } } })
  expect(problems).toEqual([
    'topics.a.from: no source with rankings is called "x"; the format of none has rankings',
  ])
})

test('a source whose format cannot be loaded is one problem, not two', async () => {
  const sources = [{ use: 'stdin', name: 'charts', format: './other.ts' }]
  const { problems } = await validated({ sources, topics: { a: { from: 'charts' } } })
  expect(problems).toEqual([expect.stringMatching(/^sources\[0\]\.format\.use: no file /)])
})
