import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BatchScorer } from 'mood-exporter/plugin'
import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, type TestContext, test, vi } from 'vitest'
import onnx from '../plugins/scorers/onnx/index.ts'
import { type TinyModel, writeTinyModel } from '../plugins/scorers/onnx/testing-model.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { unavailable } from '../tools/stack/tools.ts'
import { ROOT } from './support/package.ts'

const MODULES = join(ROOT, 'test/onnx/node_modules')

const WORDS: TinyModel = {
  labels: ['negative', 'neutral', 'positive'],
  // Padding would show in each score, were it not masked.
  tokens: { good: [0, 0, 2], bad: [1, 0, 0], '[PAD]': [9, -9, 3] },
}

/** A user's folder, for mood.yml, with the packages installed beside it. */
async function folderWith(context: TestContext, model: TinyModel): Promise<string> {
  if (!existsSync(join(MODULES, 'onnxruntime-node')))
    unavailable(context, 'onnxruntime-node is not installed: npm ci --prefix test/onnx --ignore-scripts')
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-onnx-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await symlink(MODULES, join(folder, 'node_modules'))
  writeTinyModel(join(folder, 'model'), model)
  return folder
}

type Options = Omit<NonNullable<Parameters<typeof testScorer<typeof onnx.options>>[1]>, 'model'>

async function loaded(folder: string, options: Options = {}) {
  const made = await testScorer(onnx, { model: './model', ...options }, folder)
  const scorer = made.scorer as BatchScorer
  onTestFinished(() => scorer.close?.())
  return { ...made, scorer, batch: (texts: string[]) => scorer.scoreBatch(texts.map(text => post(text))) }
}

/** The score of the tiny model's logits. */
function expected(negative: number, positive: number) {
  const weights = [negative, 0, positive].map(Math.exp)
  const sum = weights.reduce((sum, weight) => sum + weight)
  return expect.closeTo(((weights[2] as number) - (weights[0] as number)) / sum, 5)
}

test('a score is what the model makes of the tokens, whatever other posts are in the batch', async context => {
  const { batch, scorer, logged } = await loaded(await folderWith(context, WORDS))
  const texts = ['Good!', 'bad, BAD and good', '', 'nothing at all', 'good '.repeat(30), '🙂', '  ']
  const scores = [expected(0, 2), expected(2, 2), null, 0, expect.closeTo(1), 0, null]
  expect(await batch(texts)).toEqual(scores)
  for (const [i, text] of texts.entries()) expect(await batch([text])).toEqual([scores[i]])
  expect(scorer.batchSize).toBe(8)
  expect(logged).toMatchObject([{ level: 'info', fields: { tokens: 128 } }])
})

test('tokens beyond max_length are not read', async context => {
  const { score } = await loaded(await folderWith(context, WORDS), { max_length: 5 })
  // Two of the five are around the text.
  expect(await score('bad good x bad bad bad bad')).toEqual(expected(1, 2))
})

test('a model that asks for token types, in a folder below, by another name, is given them', async context => {
  const folder = await folderWith(context, { ...WORDS, tokenTypes: true, file: 'onnx/model_int8.onnx' })
  const { score } = await loaded(folder, { file: 'onnx/model_int8.onnx' })
  expect(await score('good')).toEqual(expected(0, 2))
})

test('a model of fixed axes is given what it takes, in as many runs as that needs', async context => {
  const { batch, logged } = await loaded(
    await folderWith(context, { ...WORDS, axes: { batch: 2, tokens: 6 } }),
  )
  expect(await batch(['good', 'x good bad x bad bad', '', 'bad', 'good'])).toEqual([
    expected(0, 2),
    expected(1, 2),
    null,
    expected(1, 0),
    expected(0, 2),
  ])
  expect(logged[0]?.fields).toMatchObject({ tokens: 6 })
})

test('a model of emotions names those that hold', async context => {
  const folder = await folderWith(context, {
    labels: ['anger', 'joy', 'neutral'],
    tokens: { '[CLS]': [-3, -3, 0], great: [0, 6, 0], grr: [6, 0, 0] },
    config: { problem_type: 'multi_label_classification' },
  })
  const { batch, scorer } = await loaded(folder)
  expect(scorer.emotions).toEqual(['anger', 'joy'])
  expect(await batch(['great', 'grr great', 'hm'])).toEqual([
    { score: null, emotions: ['joy'] },
    { score: null, emotions: ['anger', 'joy'] },
    { score: null, emotions: [] },
  ])
  const valued = await loaded(folder, { labels: { joy: 1, anger: -1 } })
  expect(await valued.answer('great')).toMatchObject({ score: expect.closeTo(0.62, 1), emotions: ['joy'] })
})

test('posts in other languages are not asked of', async context => {
  const { scorer } = await loaded(await folderWith(context, WORDS), { languages: ['en'] })
  const posts = [post('good', { lang: 'ko' }), post('bad', { lang: 'en-GB' }), post('good')]
  expect(await scorer.scoreBatch(posts)).toEqual([null, expected(1, 0), expected(0, 2)])
})

test('a file that is no model, or another one, is an error before anything starts', async context => {
  const broken = async (breaking: (folder: string) => Promise<void>, model = WORDS) => {
    const folder = await folderWith(context, model)
    await breaking(join(folder, 'model'))
    return loaded(folder)
  }
  const nothing = async () => {}
  await expect(broken(folder => truncate(join(folder, 'model.onnx'), 150))).rejects.toThrow(
    /model.onnx is no model that ONNX Runtime reads \(is it whole/,
  )
  await expect(broken(folder => writeFile(join(folder, 'tokenizer.json'), '{}'))).rejects.toThrow(
    /tokenizer.json is no tokenizer that @huggingface\/tokenizers reads/,
  )
  await expect(broken(nothing, { ...WORDS, names: { ids: 'pixel_values' } })).rejects.toThrow(
    /model.onnx takes pixel_values, attention_mask, where a model of text classification takes input_ids/,
  )
  const config = JSON.stringify({ id2label: { 0: 'negative', 1: 'positive' } })
  await expect(broken(folder => writeFile(join(folder, 'config.json'), config))).rejects.toThrow(
    /model.onnx gives 3 logits, where .*config.json names 2 labels/,
  )
})

test('whatever a post holds, it has a score in range or none', async context => {
  const { batch } = await loaded(await folderWith(context, WORDS))
  const nasty = [
    '\0',
    '\ud83d',
    '\udc00\ud800',
    '[CLS] [SEP] [PAD] [UNK]',
    '!'.repeat(100_000),
    'good'.repeat(25_000),
    'ᄀ'.repeat(65_536),
    `e${'\u0301'.repeat(50_000)}`,
    '\u202e\ufeff\u200d',
    '👩‍👩‍👧‍👦'.repeat(5000),
    ' '.repeat(100_000),
    'ﷺ'.repeat(10_000),
  ]
  for (const score of (await batch(nasty)) as (number | null)[])
    expect(score === null || (score >= -1 && score <= 1), String(score)).toBe(true)
})

/** The state of a process and who started it, as /proc has it; undefined if it is gone. */
function stat(pid: number | string) {
  try {
    const [, state, parent] = /^\d+ \(.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

/** The processes that the program with this id has started. */
const children = (pid: number): number[] =>
  readdirSync('/proc')
    .filter(id => /^\d+$/.test(id) && stat(id)?.parent === pid)
    .map(Number)

/** A process that has ended is there as a zombie until somebody asks how. */
const isAlive = (pid: number) => ![undefined, 'Z'].includes(stat(pid)?.state)

test('if the process of the model dies, its posts are unknown and it is restarted', async context => {
  if (!existsSync('/proc/self/stat')) return context.skip('there is no /proc here')
  const before = children(process.pid)
  const { score, logged } = await loaded(await folderWith(context, WORDS))
  const [model] = children(process.pid).filter(pid => !before.includes(pid))
  process.kill(model as number, 'SIGKILL')
  await expect(score('good')).rejects.toThrow(/the process of the model ended/)
  await expect.poll(() => score('good').catch(() => null), { timeout: 20_000 }).toEqual(expected(0, 2))
  expect(logged.some(({ level, message }) => level === 'warn' && message.includes('SIGKILL'))).toBe(true)
})

test('the exporter runs it in each worker, and leaves no process behind, however it ends', async context => {
  const folder = await folderWith(context, WORDS)
  // The exporter's own folder has no packages, but is asked for them through this as well.
  vi.stubEnv('NODE_PATH', MODULES)
  onTestFinished(() => void vi.unstubAllEnvs())
  const config = {
    sources: [{ use: 'stdin', format: 'text' }],
    scorers: [{ use: 'onnx', model: join(folder, 'model') }],
    limits: { plugin_timeout: '20s' },
    workers: 2,
  }
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await using exporter = await startExporter(config, { stdin: 'pipe' })
    exporter.process.stdin?.write('good\nbad\n\nnothing\n'.repeat(500))
    const samples = await exporter.until(seen => seen.sum('mood_posts_total') === 1500)
    expect(samples.sum('mood_posts_total', { scorer: 'onnx', sentiment: 'positive' })).toBe(500)
    expect(samples.sum('mood_plugin_errors_total')).toBe(0)
    if (!existsSync('/proc/self/stat')) continue
    const models = children(exporter.process.pid as number)
    // One a worker, and of these there are as many as the posts need.
    expect([1, 2]).toContain(models.length)
    await exporter.stop(signal)
    await expect.poll(() => models.filter(isAlive), { timeout: 20_000 }).toEqual([])
  }
})
