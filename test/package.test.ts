import { globSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, expect, type TestContext, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { PLUGIN_KINDS } from '../src/catalogue/plugin-kinds.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { unavailable } from '../tools/stack/tools.ts'
import { linksOf, namedBlocks } from './support/markdown.ts'
import { PackedPackage, ROOT, run } from './support/package.ts'

/** Packing and installing take a while, so it is done once for all tests. */
const PATIENCE = 180_000

const EXCLAIM = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'exclaim',
  description: 'More exclamation marks, more joy.',
  options: z.object({ weight: z.number().default(0.2) }),
  create: ({ weight }) => ({
    score: (post): number => Math.min(1, (post.text.split('!').length - 1) * weight),
  }),
})
`

const CONFIG = {
  sources: [{ use: 'stdin', format: 'text' }],
  scorers: [{ use: './exclaim.ts', weight: 0.25 }],
}

let packing: Promise<PackedPackage> | undefined
let installing: ReturnType<PackedPackage['install']> | undefined

const packed = () => (packing ??= PackedPackage.pack())

/** The package, installed; the test is skipped where there is nowhere to get its dependencies from. */
async function installed(context: TestContext): Promise<PackedPackage> {
  const pack = await packed()
  installing ??= pack.install()
  const installation = await installing
  return installation === 'installed' ? pack : unavailable(context, installation.offline)
}

/** A folder of its own, without any node_modules above it. */
async function folderWith(files: Record<string, string>) {
  const path = await mkdtemp(join(tmpdir(), 'mood-exporter-plugin-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

afterAll(async () => (await packing)?.remove())

test('the package holds the program, the types of the plugin API, documentation, rules and dashboards, and nothing else', {
  timeout: PATIENCE,
}, async () => {
  const files = await (await packed()).files()
  // All of them, by what is there now.
  const documents = globSync(
    '{docs,alertmanager,deploy,packaging,prometheus/{backfill,rules},grafana/{generated,provisioning}}/**/*.*',
    { cwd: ROOT },
  )
  const needed = [
    'package.json',
    'README.md',
    'README.ko.md',
    'LICENSE',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'grafana/README.md',
    'prometheus/prometheus.yml',
    'plugins/scorers/tuned/tools/README.md',
    'bin/mood-exporter.mjs',
    'dist/src/cli/main.js',
    'dist/src/pipeline/language.table',
    'dist/src/plugin/index.js',
    'dist/src/plugin/index.d.ts',
    'dist/src/plugin/testing.js',
    'dist/src/plugin/testing.d.ts',
    ...Object.values(PLUGIN_KINDS)
      .flatMap(({ folder, builtIn }) =>
        builtIn.flatMap(name => [
          `dist/${folder}/${name}/index.js`,
          `dist/${folder}/${name}/example.yml`,
          `${folder}/${name}/README.md`,
        ]),
      )
      .flat(),
    ...documents,
  ]
  expect(needed.filter(file => !files.includes(file))).toEqual([])
  const rest = files.filter(file => !needed.includes(file))
  const known =
    /^dist\/(src|plugins)\/[\w/-]+\.js$|^dist\/plugins\/scorers\/tuned\/\w+\.model$|^dist\/src\/plugin\/[\w/-]+\.d\.ts$/
  expect(
    rest.filter(file => !known.test(file) || /\.test\.|(?<!src\/plugin\/)testing|-testing/.test(file)),
  ).toEqual([])
})

test('links of the documentation lead somewhere in the package too', { timeout: PATIENCE }, async () => {
  const pack = await packed()
  const unpacked = join(pack.folder, 'unpacked')
  await mkdir(unpacked)
  await run('tar', ['-xzf', pack.tarball, '-C', unpacked])
  const root = join(unpacked, 'package')
  const documents = globSync('**/*.md', { cwd: root })
  expect(documents.length).toBeGreaterThan(60)
  const dead = documents.flatMap(document =>
    linksOf(readFileSync(join(root, document), 'utf8'))
      .filter(link => !/^(https?:|mailto:|#)/.test(link))
      .map(link => resolve(root, dirname(document), link.replace(/#.*/, '')))
      .filter(target => !target.startsWith(root) || !statSync(target, { throwIfNoEntry: false }))
      .map(target => `${document}: ${relative(root, target)}`),
  )
  expect(dead).toEqual([])
})

test('installed, npx writes the rules and the dashboards', { timeout: PATIENCE }, async context => {
  const { bin } = await installed(context)
  await using folder = await folderWith({})
  await mkdir(join(folder.path, 'node_modules/.bin'), { recursive: true })
  await symlink(bin, join(folder.path, 'node_modules/.bin/mood-exporter'))
  for (const [what, source] of [
    ['rules', 'prometheus/rules'],
    ['dashboards', 'grafana/generated'],
  ] as const) {
    const args = ['--no', 'mood-exporter', 'export', what, './x']
    expect(await run('npx', args, folder.path)).toMatchObject({ code: 0, stderr: '' })
    for (const name of await readdir(join(ROOT, source)))
      expect(await readFile(join(folder.path, 'x', name)), name).toEqual(
        await readFile(join(ROOT, source, name)),
      )
  }
})

test('installed, it shows its version, and checks and scores with a plugin in any folder', {
  timeout: PATIENCE,
}, async context => {
  const { bin } = await installed(context)
  await using folder = await folderWith({ 'exclaim.ts': EXCLAIM, 'mood.yml': JSON.stringify(CONFIG) })
  const mood = (...args: string[]) => run(bin, args, folder.path)

  expect(await mood('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  expect(await mood('check')).toMatchObject({ code: 0, stdout: expect.stringContaining('mood.yml is valid') })
  const scored = await mood('score', '--json', '--config', 'mood.yml', 'wow!!')
  expect(JSON.parse(scored.stdout)).toMatchObject({ scores: [{ scorer: 'exclaim', score: 0.5 }] })

  await writeFile(
    join(folder.path, 'mood.yml'),
    JSON.stringify({ ...CONFIG, scorers: [{ use: './none.ts' }] }),
  )
  expect(await mood('check')).toMatchObject({ code: 1, stderr: expect.stringContaining('none.ts') })
})

test('installed, it runs that plugin, serves what it says, and stops cleanly', {
  timeout: PATIENCE,
}, async context => {
  const { bin } = await installed(context)
  await using exporter = await startExporter(CONFIG, { bin, files: { 'exclaim.ts': EXCLAIM }, stdin: 'pipe' })
  exporter.process.stdin?.write('wow!!\nwell\nyes!\n')
  const samples = await exporter.until(seen => seen.sum('mood_posts_total') === 3)
  expect(samples.sum('mood_posts_total', { scorer: 'exclaim', sentiment: 'positive' })).toBe(2)
  expect(samples.sum('mood_positivity_ratio_sum', { scorer: 'exclaim' })).toBe(0.75 + 0.5 + 0.625)
  expect(await exporter.stop()).toBe(0)
})

test('installed, its types hold plugins to the contract, those of the documentation included', {
  timeout: PATIENCE,
}, async context => {
  const { modules } = await installed(context)
  const blocks = ['README.md', 'docs/writing-a-plugin.md'].flatMap(file =>
    namedBlocks(readFileSync(join(ROOT, file), 'utf8')),
  )
  const plugins = blocks.filter(({ name }) => /^\w+(?<!\.test)\.ts$/.test(name))
  const documented = Object.fromEntries(plugins.map(({ name, text }) => [name, text]))
  expect(Object.keys(documented).length).toBeGreaterThan(5)
  const tsconfig = blocks.find(({ name }) => name === 'tsconfig.json')?.text ?? ''
  await using project = await folderWith({
    'package.json': '{ "type": "module" }',
    'tsconfig.json': tsconfig,
    ...documented,
    'joyful.ts': EXCLAIM,
    'joyful.test.ts': `
      import { testScorer } from 'mood-exporter/plugin/testing'
      import exclaim from './joyful.ts'
      const { score } = await testScorer(exclaim, { weight: 0.5 })
      export const joy: number | null = await score('wow!')
    `,
  })
  await mkdir(join(project.path, 'node_modules/@types'), { recursive: true })
  await symlink(modules, join(project.path, 'node_modules/mood-exporter'))
  for (const name of ['@types/node', 'undici-types'])
    await symlink(join(ROOT, 'node_modules', name), join(project.path, 'node_modules', name))
  const tsc = () => run(join(ROOT, 'node_modules/.bin/tsc'), ['--pretty', 'false'], project.path)

  expect(await tsc()).toEqual({ code: 0, stdout: '', stderr: '' })

  await writeFile(join(project.path, 'wrong.ts'), EXCLAIM.replace('): number =>', ') => post.body ??'))
  const wrong = await tsc()
  expect(wrong.code).not.toBe(0)
  expect(wrong.stdout).toContain("Property 'body' does not exist on type 'Post'")
})
