import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'
import { type LoadResult, parseConfig } from '../config/load.ts'
import { ODD_VALUES, optionPlaces, readsLikeAnException, withValueAt } from '../config/odd-values-testing.ts'
import { formatPath, type Problem } from '../config/problem.ts'
import { loadDefinition } from './load.ts'
import { validate, validateDraft } from './validate.ts'
import { validateOne } from './validate-thread.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-options-'))
})
afterAll(() => rm(folder, { recursive: true }))

const PLUGINS = (Object.keys(PLUGIN_KINDS) as PluginKind[]).flatMap(kind =>
  PLUGIN_KINDS[kind].builtIn.map(use => [kind, use] as [PluginKind, string]),
)

test.each(PLUGINS)(
  'the %s %s rejects odd values at every option with our own messages',
  async (kind, use) => {
    const { options: schema } = await loadDefinition(kind, use, folder)
    const secretFiles = Object.keys(schema.shape).map(key => [`${key}_file`])
    for (const path of [...optionPlaces(schema), ...secretFiles]) {
      for (const value of ODD_VALUES) {
        const options = withValueAt({}, path, value)
        const { problems } = await validateOne({ kind, use, options, path: ['x'] }, folder)
        const strange = problems.filter(({ message }) => readsLikeAnException(message))
        expect(strange, `${formatPath(path)}: ${JSON.stringify(value)}`).toEqual([])
        expect(problems.filter(({ code }) => code !== 'ERR_CONFIG_INVALID')).toEqual([])
      }
    }
  },
)

async function problemsOf(config: unknown, baseDir = folder): Promise<Problem[]> {
  const result: LoadResult = parseConfig(stringify(config), join(baseDir, 'mood.yml'), {})
  if (result.ok) return (await validate(result.loaded)).problems
  return [...result.problems, ...(result.draft ? await validateDraft(result.draft) : [])]
}

test('an empty option is rejected at its own key, and hides no other problem', async () => {
  const problems = await problemsOf({
    sources: [{ use: 'stdin', format: { use: 'csv', columns: ['id', null] } }],
    scorers: [{ use: 'afinn', words: { lit: null } }, null],
    extractors: [{ use: null }, { use: 'words', stop_words: null }],
  })
  const found = problems.map(({ path, message }) => `${path}: ${message}`)
  expect(found).toEqual(
    expect.arrayContaining([
      'sources[0].format.columns[1]: expected a text, got nothing',
      'scorers[0].words.lit: expected a number, got nothing',
      'scorers[1]: expected the name of a plugin or a mapping with `use`, got nothing',
      'extractors[0].use: expected a text, got nothing',
      expect.stringMatching(/^extractors\[1\]\.stop_words: expected .*, got nothing$/),
    ]),
  )
  expect(found).toHaveLength(5)
})

test.each([
  ['\\', /^no scorer "\\\\" is built in, and no package of that name is installed$/],
  ['@acme', /^no scorer "@acme" is built in/],
  [
    'https://example.com/x.js',
    /^no scorer "https:.*" is built in, and it is neither the path of a file nor the name of a package/,
  ],
  ['node:fs', /^no scorer "node:fs" is built in, and it is neither the path/],
  ['..', /^no file .* \(from "\.\.", relative to the configuration\)$/],
  ['./a\0b', /^no file that can be read \(from "\.\/a\\u0000b",/],
  [`./${'x'.repeat(5000)}`, /^no file that can be read \(from "\.\/x+…",/],
  ['file://host/x.js', /^no file that can be read \(from "file:\/\/host\/x\.js",/],
  [
    'yaml/nope',
    /^no scorer "yaml\/nope" is built in, and its package is installed, but exports nothing of that name$/,
  ],
])('a plugin that cannot be found is reported with our own message: %j', async (use, message) => {
  const root = new URL('../..', import.meta.url).pathname
  const problems = await problemsOf({ sources: [{ use: 'demo' }], scorers: [{ use }] }, root)
  expect(problems).toEqual([
    expect.objectContaining({
      path: 'scorers[0].use',
      message: expect.stringMatching(message),
      code: /^(?:\.|file:)/.test(use) ? 'ERR_PLUGIN_FILE_NOT_FOUND' : 'ERR_PLUGIN_NOT_FOUND',
    }),
  ])
})

test('a schema that throws is a failure of its plugin, with the message', async () => {
  const plugin = `import { defineScorer, z } from 'mood-exporter/plugin'
    export default defineScorer({
      name: 'x', description: 'x',
      options: z.object({ a: z.any().refine(value => value.b.c) }),
      create: () => ({ score: () => 0 }),
    })`
  await writeFile(join(folder, 'x.ts'), plugin)
  const [problem] = await problemsOf({ sources: [{ use: 'demo' }], scorers: [{ use: './x.ts', a: 1 }] })
  expect(problem).toMatchObject({ path: 'scorers[0]', code: 'ERR_PLUGIN_FAILED' })
  expect(problem?.message).toMatch(/^the options of \.\/x\.ts could not be validated, as its schema failed: /)
})
