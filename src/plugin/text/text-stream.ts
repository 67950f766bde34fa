import { containerOf, notRead, SIGNATURE_BYTES } from './containers.ts'
import { decompress } from './decompress.ts'
import { textEncoding } from './text-encoding.ts'

const LF = 10

/** How many bytes of a stream are needed to identify it, unless its first line is shorter. */
const ENOUGH = 4

/** Thrown for a stream that is not text. */
export class NotText extends Error {
  override name = 'NotText'
}

export interface TextStreamOptions {
  /** The encoding by its name in the Encoding Standard; undefined if it is not configured. */
  encoding: string | undefined
  /** Whether gzip and zstd are unpacked rather than rejected. */
  unpacks?: boolean
}

/**
 * The text of a stream as UTF-8: converted from the encoding that is named or detected from the first bytes, and
 * unpacked if that is wanted.
 *
 * @throws NotText if the first bytes are not those of text
 * @throws DamagedData, BeyondDecompressor where compressed data cannot be unpacked
 */
export async function* textStream(
  chunks: AsyncIterable<Buffer>,
  { encoding, unpacks = false }: TextStreamOptions,
): AsyncGenerator<Buffer> {
  const { start, rest } = await begun(chunks)
  const container = containerOf(start.subarray(0, SIGNATURE_BYTES))
  if (container?.compression && unpacks) {
    yield* textStream(decompress(rest, container.compression), { encoding })
    return
  }
  if (container) throw new NotText(notRead(container))
  const { transcoder, markBytes } = encodingOf(start, encoding)
  let mark = markBytes
  for await (const chunk of rest) {
    const bytes = chunk.subarray(mark)
    mark = Math.max(0, mark - chunk.length)
    const text = transcoder ? transcoder.write(bytes) : bytes
    // Positions in the text are not needed.
    transcoder?.forget(Number.POSITIVE_INFINITY)
    yield text
  }
  const last = transcoder?.end()
  if (last && last.length > 0) yield last
}

function encodingOf(start: Uint8Array, named: string | undefined) {
  try {
    return textEncoding(start, named)
  } catch (error) {
    throw new NotText((error as Error).message)
  }
}

/** The first bytes of a stream, as many as identify it, and the whole stream. */
async function begun(chunks: AsyncIterable<Buffer>): Promise<{ start: Buffer; rest: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  let isOver = false
  try {
    while (!isOver && start.length < ENOUGH && !start.includes(LF)) {
      const next = await iterator.next()
      if (next.done) isOver = true
      else start = start.length === 0 ? next.value : Buffer.concat([start, next.value])
    }
  } catch (error) {
    await iterator.return?.()
    throw error
  }
  const rest = async function* () {
    try {
      if (start.length > 0) yield start
      while (!isOver) {
        const next = await iterator.next()
        if (next.done) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { start, rest: rest() }
}
