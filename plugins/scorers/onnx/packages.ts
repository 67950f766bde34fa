import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The used part of `onnxruntime-node`: neither it nor its types are installed with mood-exporter. */
export interface OnnxRuntime {
  InferenceSession: {
    create(path: string, options: Record<string, unknown>): Promise<InferenceSession>
  }
  Tensor: new (type: string, data: BigInt64Array | Int32Array, dims: readonly number[]) => Tensor
}

export interface InferenceSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** An axis is a size or, if that may vary, a name. */
  readonly inputMetadata: readonly { name: string; type?: string; shape?: readonly (number | string)[] }[]
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>
}

export interface Tensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: ArrayLike<number | bigint>
}

/** The used part of `@huggingface/tokenizers`. */
export interface Tokenizers {
  Tokenizer: new (tokenizer: object, config: object) => Tokenizer
}

export interface Tokenizer {
  encode(text: string, options?: { add_special_tokens?: boolean }): { ids: number[] }
  token_to_id(token: string): number | undefined
}

/** The packages that the scorer needs, in tested versions. */
const PACKAGES = {
  'onnxruntime-node': '1.30.0',
  '@huggingface/tokenizers': '0.2.0',
} as const

type Name = keyof typeof PACKAGES

/**
 * The install scripts of onnxruntime-node download CUDA libraries on x64 Linux, hundreds of megabytes that are not
 * used.
 */
const skip = process.platform === 'linux' && process.arch === 'x64' ? 'ONNXRUNTIME_NODE_INSTALL=skip ' : ''

const INSTALL = `${skip}npm install ${Object.entries(PACKAGES)
  .map(([name, version]) => `${name}@${version}`)
  .join(' ')}`

/** Packages that are not installed, or do not load on this machine. */
export class MissingPackages extends Error {}

/**
 * The packages, as imported by this module, otherwise as a module beside mood.yml would import them.
 *
 * @throws MissingPackages that says how to install them
 */
export function loadPackages(baseDir: string): { runtime: OnnxRuntime; tokenizers: Tokenizers } {
  const places = [import.meta.url, join(baseDir, 'mood.yml')].map(place => createRequire(place))
  const missing = (Object.keys(PACKAGES) as Name[]).filter(name => !places.some(isThere(name)))
  if (missing.length > 0)
    throw new MissingPackages(
      `it needs ${missing.join(' and ')}, which mood-exporter leaves out as large: in ${baseDir} run \`${INSTALL}\``,
    )
  const load = (name: Name) => loadFrom(places.find(isThere(name)) as NodeJS.Require, name)
  return { runtime: load('onnxruntime-node') as never, tokenizers: load('@huggingface/tokenizers') as never }
}

const isThere = (name: Name) => (require: NodeJS.Require) => {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

function loadFrom(require: NodeJS.Require, name: Name): unknown {
  try {
    return require(name)
  } catch (error) {
    throw new MissingPackages(
      `${name} is installed in ${require.resolve(name)}, but does not load on ${process.platform} ${process.arch} (its binaries need glibc on Linux): ${(error as Error).message}`,
      { cause: error },
    )
  }
}
