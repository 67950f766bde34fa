import { globSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { KINDS, PLUGIN_KINDS } from '../src/catalogue/plugin-kinds.ts'
import { loadConfig, parseConfig } from '../src/config/load.ts'
import { formatProblem, type Problem } from '../src/config/problem.ts'
import { validate } from '../src/loader/validate.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { anchorsOf, codeBlocks, linksOf, namedBlocks } from './support/markdown.ts'
import { ROOT, run } from './support/package.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const DOCUMENTS = globSync('{*.md,docs/**/*.md,plugins/*/*/README.md}', { cwd: ROOT })

const blocksOf = (path: string): Record<string, string> =>
  Object.fromEntries(namedBlocks(read(path)).map(({ name, text }) => [name, text]))

async function folderWith(files: Record<string, string>) {
  const path = await mkdtemp(join(tmpdir(), 'mood-exporter-docs-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Every problem that `mood-exporter check` would show of a configuration. */
async function problemsOf(result: Awaited<ReturnType<typeof loadConfig>>): Promise<string[]> {
  const problems: readonly Problem[] = result.ok ? (await validate(result.loaded)).problems : result.problems
  return problems.map(formatProblem)
}

test("the README's scorer runs unchanged", async () => {
  const { 'mood.yml': config = '', 'scorer.ts': scorer = '' } = blocksOf('README.md')
  expect(scorer.split('\n').length).toBeLessThan(20)
  await using exporter = await startExporter(config, { files: { 'scorer.ts': scorer }, stdin: 'pipe' })
  exporter.process.stdin?.end('gg everyone\nso much LAG, nerf it\ngg but the lag\nwhat a day\n')
  const samples = await exporter.until(seen => seen.sum('mood_posts_total', { scorer: 'slang' }) === 4)
  const counts = ['positive', 'negative', 'neutral', 'unknown'].map(sentiment =>
    samples.sum('mood_posts_total', { scorer: 'slang', sentiment }),
  )
  expect(counts).toEqual([1, 1, 1, 1])
  expect(samples.sum('mood_posts_total', { scorer: 'afinn' })).toBe(4)
})

test('what the guide shows of `score` is what it says', async () => {
  const [, command, shown] =
    /^npx mood-exporter (score .*?)\n```\n+```text\n(.*?)^```$/ms.exec(read('docs/getting-started.md')) ?? []
  const args = [...(command ?? '').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare)
  const { stdout } = await run(process.execPath, [join(ROOT, 'bin/mood-exporter.mjs'), ...(args as string[])])
  expect(stdout).toBe(shown)
})

test('the posts of the getting-started guide count as it says', async () => {
  const guide = read('docs/getting-started.md')
  const [config = '', shown = ''] = ['yaml', 'json'].map(
    language => codeBlocks(guide).find(block => block.language === language)?.text,
  )
  const [, written] = /echo '(.*?)'; done >> posts\.jsonl/.exec(guide) ?? []
  const files = { 'posts.jsonl': `${shown}${written}\n{ "text": "my galaxy watch and a galaxy s26" }\n` }
  await using exporter = await startExporter(config, { files })
  const samples = await exporter.until(seen => seen.sum('mood_source_records_total') === 3)
  const counts = ['positive', 'negative'].map(sentiment =>
    samples.sum('mood_posts_total', { topic: 'galaxy', sentiment }),
  )
  expect(counts).toEqual([1, 1])
  expect(samples.sum('mood_posts_dropped_total', { reason: 'off_topic' })).toBe(1)
})

test('the plugins of the guide load, compile with its tsconfig.json, and pass its tests', async () => {
  const blocks = blocksOf('docs/writing-a-plugin.md')
  await using folder = await folderWith(blocks)
  const config = {
    sources: [
      { use: './poll.ts', url: 'http://127.0.0.1:1/', format: { use: './irc.ts' } },
      { use: 'stdin', format: './reviews.ts' },
      { use: 'stdin', name: 'charts', format: './charts.ts' },
      { use: './archive.ts', url: 'http://127.0.0.1:1/' },
      { use: './stream.ts', url: 'http://127.0.0.1:1/', token: 'x' },
    ],
    scorers: [
      { use: './stars.ts' },
      { use: './remote.ts', url: 'http://127.0.0.1:1/', token: 'x' },
      { use: './weather.ts' },
      { use: './exclaim.ts', words: 'words.txt' },
    ],
    extractors: [{ use: './domains.ts' }],
    outputs: [{ use: './notify.ts', url: 'http://127.0.0.1:1/' }],
  }
  expect(await problemsOf(parseConfig(JSON.stringify(config), join(folder.path, 'mood.yml')))).toEqual([])
  const shown = Object.keys(blocks).filter(name => /(?<!\.test)\.ts$/.test(name))
  expect(shown.filter(name => !JSON.stringify(config).includes(`./${name}`))).toEqual([])

  await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'))
  // The package, if it is not installed.
  const aliases = `export { default } from ${JSON.stringify(join(ROOT, 'test/support/plugin-vitest.ts'))}\n`
  await writeFile(join(folder.path, 'vitest.config.ts'), aliases)
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--root', folder.path, '--reporter=json']
  const { code, stdout, stderr } = await run(process.execPath, args, folder.path)
  expect(code, stdout + stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 5, numFailedTests: 0 })

  // As with the package installed: there its types are found without `paths`.
  const paths = {
    'mood-exporter/plugin': [join(ROOT, 'src/plugin/index.ts')],
    'mood-exporter/plugin/testing': [join(ROOT, 'src/plugin/testing.ts')],
  }
  const checked = { extends: './tsconfig.json', compilerOptions: { paths }, exclude: ['vitest.config.ts'] }
  await writeFile(join(folder.path, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder.path, 'tsconfig.check.json'), JSON.stringify(checked))
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  expect(await run(tsc, ['--pretty', 'false', '-p', 'tsconfig.check.json'], folder.path)).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  })
})

for (const document of DOCUMENTS) {
  test(`the links of ${document} lead somewhere`, () => {
    const dead = linksOf(read(document)).filter(link => {
      if (/^(https?:|mailto:)/.test(link)) return false
      const [path, anchor] = link.split('#') as [string, string?]
      const target = path === '' ? join(ROOT, document) : resolve(ROOT, dirname(document), path)
      const file = statSync(target, { throwIfNoEntry: false })
      if (!file) return true
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor)
    })
    expect(dead).toEqual([])
  })
}

for (const kind of KINDS) {
  for (const name of PLUGIN_KINDS[kind].builtIn) {
    test(`the example of the ${kind} ${name} is valid, and is what its README shows`, async () => {
      const folder = `${PLUGIN_KINDS[kind].folder}/${name}`
      expect(await problemsOf(await loadConfig(join(ROOT, folder, 'example.yml')))).toEqual([])
      expect(blocksOf(`${folder}/README.md`)['example.yml']).toBe(read(`${folder}/example.yml`))
    })
  }
}
