import { createHash } from 'node:crypto'
import { CUES } from './cues.ts'
import type { FeatureSettings } from './features.ts'
import { STRIDE } from './weights.ts'

/** "mood" and a byte that text files never start with. */
const MAGIC = Buffer.from('\u0089MOODMODEL', 'latin1')

/** Counted up whenever the features or the layout change: weights mean nothing without the code that made them. */
export const MODEL_VERSION = 1

const CHECKSUM_BYTES = 32
/** What a model file says of itself, as JSON. */
export interface ModelHeader {
  /** ISO 639. */
  readonly language: string
  /** The day, as 2026-01-31. */
  readonly trained: string
  /** How many posts it was trained on. */
  readonly posts: number
  readonly features: FeatureSettings
  /** The weight of the byte 127. */
  readonly largest: number
  /** Log odds of negative and of positive against neutral where a text says nothing. */
  readonly bias: readonly [number, number]
  /** Two for each cue: towards negative, towards positive. */
  readonly cues: readonly number[]
  /** What log odds are multiplied by so that probabilities come true as often as they say. */
  readonly temperature: number
  /** How many words the lexicon has. */
  readonly words: number
}

/** Everything that a model file holds. */
export interface ModelParts {
  readonly header: ModelHeader
  /** {@link STRIDE} bytes for each of 2 ** bits slots. */
  readonly weights: Uint8Array
  /** Hashes of the lexicon's words, and two valences for each. */
  readonly hashes: Int32Array
  readonly valences: Int8Array
}

const sizeOf = ({ words, features }: ModelHeader) => 2 ** features.bits * STRIDE + words * 4 + words * 2

/** Layout: magic, version (u16), length of the header (u32), header (JSON), weights, hashes, valences, SHA-256 of all before. */
export function encodeModel({ header, weights, hashes, valences }: ModelParts): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const start = Buffer.alloc(MAGIC.length + 6)
  MAGIC.copy(start)
  start.writeUInt16LE(MODEL_VERSION, MAGIC.length)
  start.writeUInt32LE(json.length, MAGIC.length + 2)
  const littleEndian = Buffer.alloc(hashes.length * 4)
  for (const [index, hash] of hashes.entries()) littleEndian.writeInt32LE(hash, index * 4)
  const body = Buffer.concat([
    start,
    json,
    weights,
    littleEndian,
    new Uint8Array(valences.buffer, valences.byteOffset, valences.length),
  ])
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

/**
 * Reads a model file.
 *
 * @param name what to call the file in errors
 * @throws Error in one line, where the file is no model, of another version, cut short or changed
 */
export function decodeModel(bytes: Buffer, name: string): ModelParts {
  const fail = (problem: string): never => {
    throw new Error(`${name}: ${problem}`)
  }
  const fixed = MAGIC.length + 6
  if (bytes.length < fixed || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    fail('expected a model made by training/train.ts, got a file that does not start like one')
  const version = bytes.readUInt16LE(MAGIC.length)
  if (version !== MODEL_VERSION)
    fail(
      `expected a model of version ${MODEL_VERSION}, got version ${version}: train it again with this release`,
    )
  const end = bytes.length - CHECKSUM_BYTES
  const bodyStart = fixed + bytes.readUInt32LE(MAGIC.length + 2)
  if (bodyStart > end) fail(`the model is cut short: ${bytes.length} bytes are too few`)
  if (!createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end)))
    fail('the checksum is wrong: the file is cut short or was changed since it was made')
  const header = JSON.parse(bytes.toString('utf8', fixed, bodyStart)) as ModelHeader
  const { words } = header
  if (bodyStart + sizeOf(header) !== end || header.cues.length !== 2 * CUES)
    fail('the model is of another shape than its header says')
  const lexiconStart = bodyStart + 2 ** header.features.bits * STRIDE
  const valencesStart = lexiconStart + words * 4
  return {
    header,
    weights: new Uint8Array(bytes.subarray(bodyStart, lexiconStart)),
    hashes: Int32Array.from({ length: words }, (_, index) => bytes.readInt32LE(lexiconStart + index * 4)),
    valences: Int8Array.from(bytes.subarray(valencesStart, valencesStart + words * 2)),
  }
}
