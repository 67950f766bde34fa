/**
 * The process of a model. ONNX Runtime ends its whole process when it is interrupted or runs out of memory, and
 * blocks the calling thread: in a separate process, neither affects the exporter.
 */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { PluginErrorCode } from 'mood-exporter/plugin'
import { Encoder } from './encoder.ts'
import { readJson } from './model-files.ts'
import { Network } from './network.ts'
import { loadPackages, MissingPackages, type Tokenizer } from './packages.ts'

/** The first message to the model's process. */
export interface Setup {
  /** The model's folder and its files, as absolute paths. */
  folder: string
  modelFile: string
  /** Where packages are searched that the plugin itself cannot find: the folder of the configuration. */
  baseDir: string
  maxTokens: number
  batchSize: number
  threads: number
}

/** The texts of one call. */
interface Question {
  texts: readonly string[]
}

/** The properties of the model, after it has answered a first text. */
export interface Ready {
  /** The number of logits for a text. */
  labels: number
  /** The maximum of tokens of a text, special ones included. */
  tokens: number
}

export type ToProcess = { setup: Setup } | Question

export type FromProcess =
  | { ready: Ready }
  /** A row for each text, in order; null for a text without tokens. */
  | { logits: (readonly number[] | null)[] }
  /** With the error code, while the model is set up. */
  | { failed: string; code?: PluginErrorCode }

/** A text to test the model. */
const FIRST_TEXT = 'a good day'

let answer: (question: Question) => Promise<FromProcess>

/** Loads the model, and runs it on a first text. */
async function setUp(setup: Setup): Promise<FromProcess> {
  const { runtime, tokenizers } = loadPackages(setup.baseDir)
  const tokenizerFile = join(setup.folder, 'tokenizer.json')
  const tokenizerJson = readJson(tokenizerFile)
  const tokenizerConfig = optionalJson(join(setup.folder, 'tokenizer_config.json'))
  let tokenizer: Tokenizer
  try {
    tokenizer = new tokenizers.Tokenizer(tokenizerJson, tokenizerConfig)
  } catch (error) {
    throw new Error(
      `${tokenizerFile} is no tokenizer that @huggingface/tokenizers reads: ${(error as Error).message}`,
    )
  }
  const padId = padOf(
    tokenizer,
    tokenizerJson,
    tokenizerConfig,
    optionalJson(join(setup.folder, 'config.json')),
  )
  const network = await Network.load(setup.modelFile, setup.threads, padId, runtime)
  const { model_max_length: most } = tokenizerConfig
  const tokens = network.fixedTokens ?? Math.min(setup.maxTokens, typeof most === 'number' ? most : Infinity)
  const encoder = new Encoder(tokenizer, tokens)
  const size = network.fixedBatch ?? setup.batchSize

  answer = async ({ texts }) => {
    const encoded = texts.map(text => encoder.encode(text))
    const rows: number[][] = []
    const known = encoded.filter(ids => ids !== null)
    for (let start = 0; start < known.length; start += size)
      rows.push(...(await network.run(known.slice(start, start + size))))
    return { logits: encoded.map(ids => (ids === null ? null : (rows.shift() as number[]))) }
  }
  try {
    const [row] = await network.run([encoder.encode(FIRST_TEXT) ?? [padId]])
    return { ready: { labels: row?.length ?? 0, tokens } }
  } catch (error) {
    throw new Error(`${setup.modelFile}: ${(error as Error).message}`)
  }
}

const optionalJson = (path: string) =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ? readJson(path) : {}

/** RoBERTa and similar models derive positions from the padding token, so it must be the model's own. */
function padOf(
  tokenizer: Tokenizer,
  { padding }: Record<string, unknown>,
  { pad_token: token }: Record<string, unknown>,
  { pad_token_id: id }: Record<string, unknown>,
): number {
  const { pad_id } = (padding ?? {}) as { pad_id?: unknown }
  const content = typeof token === 'string' ? token : (token as { content?: string } | undefined)?.content
  const ids = [pad_id, content === undefined ? undefined : tokenizer.token_to_id(content), id]
  return ids.find(value => typeof value === 'number') ?? 0
}

const failed = (error: unknown): FromProcess => ({
  failed: error instanceof Error ? error.message : String(error),
  code: error instanceof MissingPackages ? 'ERR_ONNX_PACKAGES' : 'ERR_ONNX_MODEL',
})

// The exporter has ended in some way.
process.on('disconnect', () => process.exit())
// A key press that ends the exporter is sent to the whole process group; the exporter ends this process itself.
process.on('SIGINT', () => {})
process.on('message', async (message: ToProcess) => {
  const reply = await ('setup' in message ? setUp(message.setup) : answer(message)).catch(failed)
  process.send?.(reply)
})
