import { createHash } from 'node:crypto'
import { type ModelHeader, modelHeader } from './model-header.ts'
import { MOST, type PooledParts } from './pooled.ts'
import { STRIDE } from './weights.ts'

/** "mood" after a byte with which text files never start. */
const MAGIC = Buffer.from('\u0089MOODMODEL', 'latin1')

/** Increased when the features or the layout change: weights depend on the code that made them. */
export const MODEL_VERSION = 4

const CHECKSUM_BYTES = 32
/** The content of a model file. */
export interface ModelParts {
  readonly header: ModelHeader
  /** {@link STRIDE} bytes for each slot: a check, 0 if it is empty, and a code. */
  readonly slots: Uint8Array
  /** The same for features of two words, if those have their own slots. */
  readonly between?: Uint8Array | undefined
  /** Hashes of the lexicon's words, and two valences for each. */
  readonly hashes: Int32Array
  readonly valences: Int8Array
  /** Hashes of the words with a mood: see {@link Moods}. */
  readonly moods: Int32Array
  readonly pooled?: PooledParts | undefined
}

const sizeOf = ({ words, moods, features, pooled }: ModelHeader) =>
  (features.slots + (features.between ?? 0)) * STRIDE +
  words * (4 + 2) +
  moods * 4 +
  (pooled === undefined ? 0 : pooled.words * (4 + pooled.units))

/**
 * Layout: magic, version (u16), length of the header (u32), header (JSON), slots of words and of two words, the
 * lexicon's hashes and valences, the moods' hashes, the pooled part's hashes and rows, SHA-256 of everything before.
 */
export function encodeModel({ header, slots, between, hashes, valences, moods, pooled }: ModelParts): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const start = Buffer.alloc(MAGIC.length + 6)
  MAGIC.copy(start)
  start.writeUInt16LE(MODEL_VERSION, MAGIC.length)
  start.writeUInt32LE(json.length, MAGIC.length + 2)
  const body = Buffer.concat([
    start,
    json,
    slots,
    ...(between === undefined ? [] : [between]),
    littleEndian(hashes),
    new Uint8Array(valences.buffer, valences.byteOffset, valences.length),
    littleEndian(moods),
    ...(pooled === undefined ? [] : [littleEndian(pooled.hashes), pooled.rows]),
  ])
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

function littleEndian(values: Int32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, index * 4)
  return bytes
}

/**
 * Reads a model file.
 *
 * @param name the name of the file in errors
 * @throws Error in one line, if the file is not a model, of another version, truncated or changed
 */
export function decodeModel(bytes: Buffer, name: string): ModelParts {
  const fail = (problem: string): never => {
    throw new Error(`${name}: ${problem}`)
  }
  const fixed = MAGIC.length + 6
  if (bytes.length < fixed || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    fail('expected a model made by tools/train.ts, got a file that does not start like one')
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
  const header = readHeader(bytes.toString('utf8', fixed, bodyStart), fail)
  const { features, words, moods, pooled } = header
  if (bodyStart + sizeOf(header) !== end) fail('the model is of another shape than its header says')
  let at = bodyStart
  const take = (size: number) => {
    at += size
    return bytes.subarray(at - size, at)
  }
  const takeHashes = (count: number) => {
    const part = take(count * 4)
    return Int32Array.from({ length: count }, (_, index) => part.readInt32LE(index * 4))
  }
  const parts = {
    header,
    slots: take(features.slots * STRIDE),
    between: features.between === undefined ? undefined : take(features.between * STRIDE),
    hashes: takeHashes(words),
    valences: Int8Array.from(take(words * 2)),
    moods: takeHashes(moods),
    pooled: pooled && {
      ...pooled,
      hashes: takeHashes(pooled.words),
      rows: take(pooled.words * pooled.units),
    },
  }
  if (parts.pooled?.rows.some(unit => unit > MOST)) fail(`the model has units beyond ${MOST}`)
  return parts
}

function readHeader(json: string, fail: (problem: string) => never): ModelHeader {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    fail('the header is no JSON')
  }
  const { data, error } = modelHeader.safeParse(value)
  const [issue] = error?.issues ?? []
  return data ?? fail(`the header's ${issue?.path.join('.')}: ${issue?.message}`)
}
