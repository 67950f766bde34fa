import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testScorer } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test } from 'vitest'
import onnx from './index.ts'
import { type TinyModel, writeTinyModel } from './testing-model.ts'

// With a model that runs: test/scorers-onnx.test.ts, as that needs packages which are not installed here.

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mood-exporter-onnx-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const TINY: TinyModel = { labels: ['negative', 'positive'], tokens: { good: [0, 2] } }

function modelIn(baseDir: string, { without, ...more }: Partial<TinyModel> & { without?: string } = {}) {
  const model = writeTinyModel(join(baseDir, 'model'), { ...TINY, ...more })
  if (without) rmSync(join(model, without))
  return model
}

const making = (baseDir: string, options = {}) => testScorer(onnx, { model: 'model', ...options }, baseDir)

test('without the packages, the error says how and where to install them', async () => {
  const baseDir = folder()
  modelIn(baseDir)
  await expect(making(baseDir)).rejects.toMatchObject({ code: 'ERR_ONNX_PACKAGES' })
  await expect(making(baseDir)).rejects.toThrow(
    new RegExp(
      `it needs onnxruntime-node and @huggingface/tokenizers, .* in ${baseDir} run \`.*npm install onnxruntime-node@1\\.30\\.0 @huggingface/tokenizers@0\\.2\\.0\``,
    ),
  )
})

test('a missing folder or file is named, with what to do', async () => {
  await expect(making(folder())).rejects.toThrow(/model: expected a folder, and there is none at .*\/model$/)
  for (const [without, message] of [
    ['model.onnx', /there is no model.onnx or onnx\/model.onnx in .*: export the model/],
    ['tokenizer.json', /there is no tokenizer.json in .*: it comes with the model/],
    ['config.json', /there is no config.json in/],
  ] as const) {
    const baseDir = folder()
    modelIn(baseDir, { without })
    await expect(making(baseDir)).rejects.toThrow(message)
    await expect(making(baseDir)).rejects.toMatchObject({ code: 'ERR_ONNX_MODEL' })
  }
  const baseDir = folder()
  modelIn(baseDir)
  await expect(making(baseDir, { file: 'onnx/model_int8.onnx' })).rejects.toThrow('no onnx/model_int8.onnx')
})

test('a Git LFS pointer is not accepted as a model', async () => {
  const baseDir = folder()
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 268000000\n'
  writeFileSync(join(modelIn(baseDir), 'model.onnx'), pointer)
  await expect(making(baseDir)).rejects.toThrow(/model.onnx is only Git LFS's pointer .*git lfs pull/)
})

test('a config.json that is invalid or names no labels is an error', async () => {
  for (const [content, message] of [
    ['{', /config.json is no JSON/],
    ['[]', /config.json: expected a mapping/],
    ['{}', /config.json: expected "id2label"/],
    ['{"id2label": {"1": "positive"}}', /expected "id2label" with the model's labels by number from 0 on/],
  ] as const) {
    const baseDir = folder()
    writeFileSync(join(modelIn(baseDir), 'config.json'), content)
    await expect(making(baseDir)).rejects.toThrow(message)
  }
})

test('unknown labels are an error before anything is loaded', async () => {
  const baseDir = folder()
  modelIn(baseDir, { labels: ['LABEL_0', 'LABEL_1'] })
  await expect(making(baseDir)).rejects.toMatchObject({
    code: 'ERR_ONNX_LABELS',
    message: expect.stringMatching(/config.json: what the labels "LABEL_0", "LABEL_1" mean/),
  })
})

test.each([
  [{ model: '' }],
  [{ model: 'm', threshold: 1 }],
  [{ model: 'm', batch_size: 0 }],
  [{ model: 'm', labels: { a: 2 } }],
])('%j is rejected', options => {
  expect(onnx.options.safeParse(options).success).toBe(false)
})
