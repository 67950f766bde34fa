import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import './hooks.ts'
import { parseConfig } from '../config/load.ts'
import { MemoryStore } from '../plugin/memory-store.ts'
import { contextFor, make, prepare, withMethods } from './instances.ts'
import { placeOf } from './place.ts'
import { validate } from './validate.ts'

const API = "import { defineScorer, z } from 'mood-exporter/plugin'\n"

const scorer = (instance: string) =>
  `${API}export default defineScorer({ name: 'x', description: 'x', options: z.object({}), create: () => ${instance} })\n`

const FINE = scorer('({ score: () => 0 })')

/** A folder with these files, by name. */
async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-mistakes-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** What loading the scorer that `use` names fails with, in a thread without vitest's own loader. */
async function problemOf(use: string, files: Record<string, string>) {
  const folder = await folderWith(files)
  const config = { sources: ['demo'], scorers: [{ use }] }
  const result = parseConfig(JSON.stringify(config), join(folder, 'mood.yml'), {})
  if (!result.ok) throw new Error('the configuration is not valid')
  const [problem] = (await validate(result.loaded)).problems
  return { message: problem?.message.replaceAll(folder, 'FOLDER') ?? '', code: problem?.code }
}

/** What creating the scorer of a file fails with. */
async function failureOf(text: string): Promise<{ message: string; code: string }> {
  const folder = await folderWith({ 'mine.ts': text })
  const parts = {
    log: { write: () => {} },
    signal: new AbortController().signal,
    baseDir: folder,
    topics: [],
    own: () => ({ metrics: {}, store: new MemoryStore() }),
  }
  try {
    const { definition, options } = await prepare('scorer', { use: './mine.ts', options: {} }, folder)
    await make('scorer', 'x', folder, () =>
      definition.create(options, contextFor('scorer', 'x', parts, definition) as never),
    )
  } catch (error) {
    const { message, code } = error as Error & { code: string }
    return { message: message.replaceAll(folder, 'FOLDER'), code }
  }
  throw new Error('it was created')
}

test('a path without "./" is refused with the path to write', async () => {
  expect(await problemOf('mine.ts', { 'mine.ts': FINE })).toEqual({
    code: 'ERR_PLUGIN_NOT_FOUND',
    message:
      'no scorer "mine.ts" is built in, and no package of that name is installed: the path of a file starts with "./", write "./mine.ts"',
  })
  expect((await problemOf('plugins/mine.js', {})).message).toMatch(
    /: the path of a file starts with "\.\/" or "\.\.\/", relative to the configuration$/,
  )
})

test.for([
  ['./mine', 'mine.ts', './mine.ts'],
  ['./mine.js', 'mine.ts', './mine.ts'],
  ['./plugins', 'plugins/index.ts', './plugins/index.ts'],
])(
  'a path %s, where there is %s, is refused with the path to write',
  async ([use = '', file = '', right]) => {
    expect(await problemOf(use, { [file]: FINE })).toEqual({
      code: 'ERR_PLUGIN_FILE_NOT_FOUND',
      message: `no file FOLDER${use.slice(1)} (from "${use}", relative to the configuration): write the file's ending, "${right}"`,
    })
  },
)

test('a built-in plugin of another kind is refused with its kind', async () => {
  expect((await problemOf('hashtags', {})).message).toBe(
    'no scorer "hashtags" is built in, and no package of that name is installed: "hashtags" is an extractor',
  )
  expect((await problemOf('csv', {})).message).toMatch(/: "csv" is a format$/)
})

test.for([
  ['./words', 'words.ts', './words.ts'],
  ['./words.js', 'words.ts', './words.ts'],
  ['./words', 'words.mjs', './words.mjs'],
])('an import of %s, where there is %s, is refused with the name to write', async ([named, file, right]) => {
  const importing = `import { words } from '${named}'\n${FINE}`
  const failure = await problemOf('./mine.ts', {
    'mine.ts': importing,
    [file as string]: 'export const words = []\n',
  })
  expect(failure.code).toBe('ERR_PLUGIN_UNLOADABLE')
  expect(failure.message).toMatch(
    /^\.\/mine\.ts could not be loaded: Cannot find module .* imported from FOLDER/,
  )
  expect(failure.message.endsWith(`: write the file's ending, "${right}"`)).toBe(true)
})

test('an import of a missing file gets no such advice', async () => {
  const failure = await problemOf('./mine.ts', { 'mine.ts': `import './nowhere'\n${FINE}` })
  expect(failure.message).toMatch(/imported from FOLDER\/mine\.ts$/)
})

test('a type that is imported as a value is refused with `import type`', async () => {
  const failure = await problemOf('./mine.ts', {
    'mine.ts': FINE.replace('{ defineScorer', '{ type Score, Post, defineScorer'),
  })
  expect(failure.code).toBe('ERR_PLUGIN_UNLOADABLE')
  expect(failure.message).toMatch(
    /export named 'Post' \(file:\/\/FOLDER\/mine\.ts:1\): correct the name or, if Post is a type, import it with `import type`$/,
  )
})

test('options of another zod version are rejected, with the right import of `z`', async () => {
  // Zod 4 contains zod 3 as it was.
  const zod3 = fileURLToPath(import.meta.resolve('zod/v3'))
  const text = FINE.replace('defineScorer, z }', 'defineScorer }')
  expect(await problemOf('./mine.ts', { 'mine.ts': `import { z } from '${zod3}'\n${text}` })).toEqual({
    code: 'ERR_PLUGIN_INVALID',
    message:
      './mine.ts: has `options` of another version of zod: use the `z` that "mood-exporter/plugin" exports',
  })
})

test.for([
  ['({ scoer: () => 0 })', ', got `scoer`: rename it to `score`'],
  ['({ scorebatch: async () => [] })', ', got `scorebatch`: rename it to `scoreBatch`'],
  ['new (class { Score() { return 0 } })()', ', got `Score`: rename it to `score`'],
  ['({ rate: () => 0 })', ''],
  ['{ score: () => 0 }', ', got nothing; an arrow function needs parentheses to return one: `() => ({ … })`'],
  ['() => 0', ', got a function'],
])('a scorer made by `create: () => %s` is refused with what to do', async ([instance = '', hint]) => {
  const { message } = await failureOf(scorer(instance))
  expect(message).toBe(
    `scorer x could not be created: expected \`create\` to return an object with a function \`score\` or \`scoreBatch\`${hint}`,
  )
})

test('every kind must have its function', () => {
  expect(() => withMethods('source', { start() {} })).toThrow('a function `run`')
  expect(() => withMethods('format', { decod() {} })).toThrow('got `decod`: rename it to `decode`')
  expect(() => withMethods('extractor', { extrct() {} })).toThrow('got `extrct`: rename it to `extract`')
  expect(() => withMethods('output', { Write() {} })).toThrow('got `Write`: rename it to `write`')
})

test('an error of `create` and one at the top of a module say where they were thrown', async () => {
  const thrown = scorer("{\n  throw new Error('no luck')\n}")
  expect((await failureOf(thrown)).message).toBe('scorer x could not be created: no luck (./mine.ts:3:9)')
  expect((await problemOf('./mine.ts', { 'mine.ts': `${API}throw new Error('no luck')\n` })).message).toBe(
    './mine.ts could not be loaded: no luck (./mine.ts:2:7)',
  )
})

test('the place of an error is in the plugin, not in what it depends on or in the exporter', () => {
  const at = (...frames: string[]) =>
    placeOf({ stack: ['Error: x', ...frames.map(frame => `    at ${frame}`)].join('\n') }, '/etc/mood')
  const own = `readPost (${new URL('../plugin/read-post.ts', import.meta.url).href}:1:2)`
  expect(at(own, 'Object.score (file:///etc/mood/a%20b.ts:12:5)', 'f (file:///etc/mood/c.ts:1:1)')).toBe(
    './a b.ts:12:5',
  )
  expect(at('g (/etc/mood/node_modules/lib/x.js:1:1)', 'async f (file:///opt/y.ts:3:4)')).toBe(
    '/opt/y.ts:3:4',
  )
  expect(at('file:///etc/mood/node_modules/mood-scorer-stars/index.js:7:8')).toBe(
    './node_modules/mood-scorer-stars/index.js:7:8',
  )
  expect(at(own, 'node:internal/x:1:1')).toBeUndefined()
})

test('thrown values need not be errors or have a readable stack', () => {
  const hostile = {
    get stack() {
      throw new Error('no')
    },
  }
  for (const thrown of [undefined, null, 'text', { stack: 7 }, hostile])
    expect(placeOf(thrown, '/')).toBeUndefined()
})
