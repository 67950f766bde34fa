import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Writes a text-classification model small enough to calculate by hand, in Hugging Face's layout. Its logits are the
 * sum, over the tokens in the attention mask, of each token's row in a table:
 *
 *     Gather(table, input_ids) × Cast(attention_mask) → ReduceSum over tokens → logits
 *
 * The file is ONNX's protobuf (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), written field by field.
 */
export interface TinyModel {
  /** Logits of each label, by token. `[PAD]` and `[CLS]` have their own rows; unnamed tokens have zeros. */
  tokens: Record<string, readonly number[]>
  labels: readonly string[]
  /** Whether the model also has the input `token_type_ids`. */
  tokenTypes?: boolean
  /** Unusual names of inputs, and fixed sizes of axes. */
  names?: { ids?: string }
  axes?: { batch?: number; tokens?: number }
  /** More of config.json, such as `problem_type`. */
  config?: object
  /** The path of the model in its folder. */
  file?: string
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]']

/** Writes the model's folder, and returns it. */
export function writeTinyModel(folder: string, model: TinyModel): string {
  const vocabulary = [...new Set([...SPECIAL, ...Object.keys(model.tokens)])]
  const table = vocabulary.map(token => model.tokens[token] ?? model.labels.map(() => 0))
  write(folder, model.file ?? 'model.onnx', onnxModel(table, model))
  write(folder, 'config.json', {
    model_type: 'tiny',
    id2label: Object.fromEntries(model.labels.map((label, i) => [i, label])),
    label2id: Object.fromEntries(model.labels.map((label, i) => [label, i])),
    ...model.config,
  })
  write(folder, 'tokenizer.json', tokenizer(vocabulary))
  write(folder, 'tokenizer_config.json', { model_max_length: 512, pad_token: '[PAD]', cls_token: '[CLS]' })
  return folder
}

function write(folder: string, name: string, content: Uint8Array | object): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content))
}

/** Lower-case words between `[CLS]` and `[SEP]`. */
function tokenizer(vocabulary: readonly string[]) {
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })
  const piece = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map(special),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [piece('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, piece('[SEP]')],
      pair: [],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map(token => [
          token,
          { id: token, ids: [SPECIAL.indexOf(token)], tokens: [token] },
        ]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  }
}

const FLOAT = 1
const INT64 = 7

function onnxModel(table: readonly (readonly number[])[], model: TinyModel): Uint8Array {
  const { names = {}, axes = {}, labels, tokenTypes = false } = model
  const ids = names.ids ?? 'input_ids'
  const axis = { batch: axes.batch ?? 'batch', tokens: axes.tokens ?? 'tokens' }
  const grid = [axis.batch, axis.tokens]
  const nodes = [
    node('Gather', ['table', ids], ['rows']),
    node('Cast', ['attention_mask'], ['shown'], [int('to', FLOAT)]),
    node('Unsqueeze', ['shown', 'last'], ['mask']),
    node('Mul', ['rows', 'mask'], ['masked']),
    node('ReduceSum', ['masked', 'middle'], ['sums'], [int('keepdims', 0)]),
    // Token types other than 0 would be visible: each adds its number to the logits of the first label.
    ...(tokenTypes
      ? [
          node('Cast', ['token_type_ids'], ['types'], [int('to', FLOAT)]),
          node('ReduceSum', ['types', 'middle'], ['typed'], [int('keepdims', 1)]),
          node('Add', ['sums', 'typed'], ['logits']),
        ]
      : [node('Identity', ['sums'], ['logits'])]),
  ]
  const inputs = [ids, 'attention_mask', ...(tokenTypes ? ['token_type_ids'] : [])]
  const graph = [
    ...nodes.map(bytes => field(1, bytes)),
    field(2, text('tiny')),
    field(5, tensor('table', FLOAT, [table.length, labels.length], new Float32Array(table.flat()))),
    field(5, tensor('last', INT64, [1], new BigInt64Array([2n]))),
    field(5, tensor('middle', INT64, [1], new BigInt64Array([1n]))),
    ...inputs.map(name => field(11, value(name, INT64, grid))),
    field(12, value('logits', FLOAT, [axis.batch, labels.length])),
  ]
  const opset = concat([field(1, text('')), field(2, varint(17))])
  return concat([field(1, varint(8)), field(7, concat(graph)), field(8, opset)])
}

const node = (
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Uint8Array[] = [],
) =>
  concat([
    ...inputs.map(name => field(1, text(name))),
    ...outputs.map(name => field(2, text(name))),
    field(4, text(type)),
    ...attributes.map(attribute => field(5, attribute)),
  ])

/** An integer attribute: its type is 2. */
const int = (name: string, number: number) =>
  concat([field(1, text(name)), field(3, varint(number)), field(20, varint(2))])

const tensor = (name: string, type: number, dims: readonly number[], data: Float32Array | BigInt64Array) =>
  concat([
    ...dims.map(dim => field(1, varint(dim))),
    field(2, varint(type)),
    field(8, text(name)),
    field(9, new Uint8Array(data.buffer)),
  ])

/** An input or output: a tensor whose axes have a size or, if that may vary, a name. */
function value(name: string, type: number, dims: readonly (number | string)[]): Uint8Array {
  const shape = dims.map(dim =>
    field(1, typeof dim === 'number' ? field(1, varint(dim)) : field(2, text(dim))),
  )
  const tensorType = concat([field(1, varint(type)), field(2, concat(shape))])
  return concat([field(1, text(name)), field(2, field(1, tensorType))])
}

/** A varint of protobuf: seven bits per byte, lowest first, the eighth bit set on all but the last. */
class Varint {
  readonly bytes: Uint8Array

  constructor(number: number) {
    const bytes: number[] = []
    let rest = number
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
    this.bytes = Uint8Array.from([...bytes, rest])
  }
}

const varint = (number: number) => new Varint(number)
const text = (string: string) => new TextEncoder().encode(string)

/** A field by its number: a varint (wire type 0), or bytes with their length (wire type 2). */
function field(number: number, content: Varint | Uint8Array): Uint8Array {
  if (content instanceof Varint) return concat([varint(number * 8).bytes, content.bytes])
  return concat([varint(number * 8 + 2).bytes, varint(content.length).bytes, content])
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
