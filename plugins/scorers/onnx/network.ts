import type { InferenceSession, OnnxRuntime, Tensor } from './packages.ts'

const IDS = 'input_ids'
const MASK = 'attention_mask'
const TYPES = 'token_type_ids'
const KNOWN = [IDS, MASK, TYPES]

/** A text-classification model: token ids in, logits out. */
export class Network {
  readonly #session: InferenceSession
  readonly #runtime: OnnxRuntime
  readonly #padId: number
  /** The batch size and length, if the model was exported with fixed ones. */
  readonly fixedBatch: number | undefined
  readonly fixedTokens: number | undefined

  private constructor(session: InferenceSession, runtime: OnnxRuntime, padId: number) {
    this.#session = session
    this.#runtime = runtime
    this.#padId = padId
    const [batch, tokens] = this.#input(IDS)?.shape ?? []
    this.fixedBatch = typeof batch === 'number' ? batch : undefined
    this.fixedTokens = typeof tokens === 'number' ? tokens : undefined
  }

  /** @throws Error if the file is not a suitable model */
  static async load(file: string, threads: number, padId: number, runtime: OnnxRuntime): Promise<Network> {
    const session = await runtime.InferenceSession.create(file, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    }).catch((error: Error) => {
      throw new Error(
        `${file} is no model that ONNX Runtime reads (is it whole, and exported as ONNX?): ${error.message}`,
      )
    })
    const strange = session.inputNames.filter(name => !KNOWN.includes(name))
    if (strange.length > 0 || !session.inputNames.includes(IDS))
      throw new Error(
        `${file} takes ${session.inputNames.join(', ')}, where a model of text classification takes ${IDS}, and perhaps ${MASK} and ${TYPES}: export it for that task`,
      )
    return new Network(session, runtime, padId)
  }

  /** The logits of each text. Texts are padded to the longest. */
  async run(texts: readonly (readonly number[])[]): Promise<number[][]> {
    const rows = this.fixedBatch ?? texts.length
    const length = this.fixedTokens ?? Math.max(...texts.map(ids => ids.length))
    const feeds: Record<string, Tensor> = {}
    for (const name of this.#session.inputNames) {
      const cells = new Float64Array(rows * length).fill(name === IDS ? this.#padId : 0)
      for (const [row, ids] of texts.entries()) {
        if (name === IDS) cells.set(ids, row * length)
        if (name === MASK) cells.fill(1, row * length, row * length + ids.length)
      }
      feeds[name] = this.#tensor(name, cells, [rows, length])
    }
    const answer = await this.#session.run(feeds)
    return rowsOf(answer[this.#output], texts.length)
  }

  get #output(): string {
    const { outputNames } = this.#session
    return outputNames.includes('logits') ? 'logits' : (outputNames[0] ?? '')
  }

  #input(name: string) {
    return this.#session.inputMetadata.find(input => input.name === name)
  }

  #tensor(name: string, cells: Float64Array, dims: number[]): Tensor {
    const { Tensor } = this.#runtime
    return this.#input(name)?.type === 'int32'
      ? new Tensor('int32', Int32Array.from(cells), dims)
      : new Tensor('int64', BigInt64Array.from(cells, BigInt), dims)
  }
}

function rowsOf(output: Tensor | undefined, texts: number): number[][] {
  const [rows = 0, labels = 0] = output?.dims ?? []
  if (output?.dims.length !== 2 || rows < texts || labels === 0)
    throw new Error(
      `it answers ${JSON.stringify(output?.dims)} for ${texts} texts, where a model of text classification answers a row of logits for each: export it for that task`,
    )
  if (!['float32', 'float64'].includes(output.type))
    throw new Error(`its logits are ${output.type}, expected float32: export it with outputs of that type`)
  return Array.from({ length: texts }, (_, row) =>
    Array.from({ length: labels }, (_, label) => Number(output.data[row * labels + label])),
  )
}
