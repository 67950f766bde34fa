import { defineScorer, languageFilter, languagesOption, PluginError, z } from 'mood-exporter/plugin'
import { logitsScorer, meaningsOf } from './labels.ts'
import { Model } from './model.ts'
import { findModel, type ModelFiles } from './model-files.ts'

const options = z.strictObject({
  model: z
    .string()
    .min(1)
    .describe("The model's folder: `model.onnx` or `onnx/model.onnx`, `tokenizer.json`, `config.json`."),
  file: z
    .string()
    .min(1)
    .optional()
    .describe("The model's file in that folder, if it has another name: `onnx/model_quantized.onnx`."),
  labels: z
    .record(z.string(), z.union([z.number().min(-1).max(1), z.string().min(1)]))
    .default({})
    .describe(
      'The meaning of labels with other names: `positive`, `neutral`, `negative`, a value from -1 to 1, or an emotion.',
    ),
  multi_label: z
    .boolean()
    .optional()
    .describe('Whether several labels may apply at once; by default as in `problem_type` of `config.json`.'),
  threshold: z.number().gt(0).lt(1).default(0.5).describe('The minimum probability for an emotion to count.'),
  max_length: z
    .int()
    .min(3)
    .max(32_768)
    .default(128)
    .describe('Tokens of a post that are read, if the model reads as many; the rest is cut off.'),
  batch_size: z.int().min(1).max(1024).default(8).describe('Posts in one run of the model.'),
  threads: z.int().min(1).max(256).default(1).describe('Threads that share the work of one run.'),
  languages: languagesOption(),
})

export default defineScorer({
  name: 'onnx',
  description: 'A text-classification model of your own, in ONNX format.',
  errors: {
    ERR_ONNX_PACKAGES:
      'The packages that run a model are not installed, or do not load on this machine. Run the command that the message shows.',
    ERR_ONNX_MODEL:
      "The model's folder lacks a file, or a file of it is not of a text-classification model in ONNX format. Export the model again, as the README of the scorer shows.",
    ERR_ONNX_LABELS:
      'The meaning of some labels of the model is not known. Give it in `labels`, by the names that the message shows.',
  },
  options,
  async create({ model: folder, labels, threshold, ...options }, { baseDir, log, signal }) {
    const files = modelFiles(folder, options.file, baseDir)
    const multiLabel = options.multi_label ?? files.config.multiLabel
    const meanings = meaningsOf(files.config, labels)
    const { emotions, scoreLogits } = logitsScorer(meanings, multiLabel, threshold)
    const { model, ready } = await Model.start(
      {
        folder: files.folder,
        modelFile: files.modelFile,
        baseDir,
        maxTokens: options.max_length,
        batchSize: options.batch_size,
        threads: options.threads,
      },
      log,
    )
    if (ready.labels !== meanings.length) {
      model.close()
      throw new PluginError(
        'ERR_ONNX_MODEL',
        `${files.modelFile} gives ${ready.labels} logits, where ${files.config.path} names ${meanings.length} labels: they are not of the same model`,
      )
    }
    signal.addEventListener('abort', () => model.close(), { once: true })
    log.info('the model is loaded', { model: files.modelFile, tokens: ready.tokens })
    const isScored = languageFilter(options.languages)

    return {
      emotions,
      batchSize: options.batch_size,
      async scoreBatch(posts) {
        const asked = posts.filter(isScored)
        const rows = asked.length === 0 ? [] : await model.logits(asked.map(({ text }) => text))
        const answers = new Map(asked.map((post, i) => [post, rows[i] ?? null]))
        return posts.map(post => {
          const logits = answers.get(post) ?? null
          return logits === null ? null : scoreLogits(logits)
        })
      },
      close: () => model.close(),
    }
  },
})

/** @throws PluginError that names the missing or invalid file, and says what to do */
function modelFiles(...model: Parameters<typeof findModel>): ModelFiles {
  try {
    return findModel(...model)
  } catch (error) {
    throw new PluginError('ERR_ONNX_MODEL', (error as Error).message, { cause: error })
  }
}
