import { crc32, createInflateRaw, type ZlibOptions } from 'node:zlib'
import { DamagedData } from './damaged-data.ts'
import { through } from './through.ts'

const ID = [0x1f, 0x8b]
const DEFLATE = 8
const FLAGS = { headerSum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 }
const TRUNCATED = 'unexpected end of file'

/**
 * The text of a .gz file of one or several members. Node's own decompressor discards the text of a write that also
 * contains something else. Here each member is decompressed alone, so that its text is passed on before anything
 * after it is read. Zeros after a member are padding, as on a tape.
 *
 * @throws DamagedData if the data is truncated or corrupt, or garbage follows
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
export async function* gunzip(pieces: AsyncIterable<Buffer>, settings: ZlibOptions): AsyncGenerator<Buffer> {
  const input = new Input(pieces)
  try {
    for (let isFirst = true; await beginsMember(input, isFirst); isFirst = false) {
      await passHeader(input)
      let sum = 0
      let length = 0
      for await (const text of inflate(input, settings)) {
        sum = crc32(text, sum)
        length = (length + text.length) % 2 ** 32
        yield text
      }
      if ((await input.number(4)) !== sum) throw new DamagedData('incorrect data check', input.offset)
      if ((await input.number(4)) !== length) throw new DamagedData('incorrect length check', input.offset)
    }
  } finally {
    input.close()
  }
}

/** Whether another member begins here; false at the end of the data. */
async function beginsMember(input: Input, isFirst: boolean): Promise<boolean> {
  if (!isFirst) await input.passZeros()
  const { offset } = input
  const byte = await input.byteOrEnd()
  if (byte === undefined) {
    if (isFirst) throw new DamagedData(TRUNCATED, offset)
    return false
  }
  const isMember = byte === ID[0] && (await input.byteOrEnd()) === ID[1]
  if (isMember) return true
  throw new DamagedData(isFirst ? 'incorrect header check' : 'garbage after the end of the data', offset, {
    followsEnd: !isFirst,
  })
}

async function passHeader(input: Input): Promise<void> {
  if ((await input.byte()) !== DEFLATE) throw new DamagedData('unknown compression method', input.offset)
  const flags = await input.byte()
  if (flags & FLAGS.reserved) throw new DamagedData('unknown header flags set', input.offset)
  // The modification time, the flags and the system.
  await input.number(6)
  if (flags & FLAGS.extra) for (let left = await input.number(2); left > 0; left--) await input.byte()
  for (const text of [FLAGS.name, FLAGS.comment]) if (flags & text) await input.passText()
  if (flags & FLAGS.headerSum) await input.number(2)
}

/** The text of one member. The input is then right after its data. */
async function* inflate(input: Input, settings: ZlibOptions): AsyncGenerator<Buffer> {
  const inflating = createInflateRaw(settings)
  const parts = async function* () {
    for (let piece = await input.piece(); piece; piece = await input.piece()) {
      const before = inflating.bytesWritten
      yield piece
      const used = inflating.bytesWritten - before
      input.pass(used)
      if (used < piece.length) return
    }
  }
  yield* through(
    inflating,
    parts(),
    (message, lacksText) => new DamagedData(message, input.offset, { lacksText }),
  )
}

/** Reads bytes from a sequence of pieces, and counts them. */
class Input {
  readonly #pieces: AsyncIterator<Buffer>
  #piece: Buffer = Buffer.alloc(0)
  #at = 0
  #passed = 0

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  get offset(): number {
    return this.#passed
  }

  /** The rest of the piece, or the next; undefined at the end. */
  async piece(): Promise<Buffer | undefined> {
    while (this.#at === this.#piece.length) {
      const next = await this.#pieces.next()
      if (next.done) return undefined
      this.#piece = next.value
      this.#at = 0
    }
    return this.#piece.subarray(this.#at)
  }

  pass(bytes: number): void {
    this.#at += bytes
    this.#passed += bytes
  }

  async byteOrEnd(): Promise<number | undefined> {
    const byte = (await this.piece())?.[0]
    if (byte !== undefined) this.pass(1)
    return byte
  }

  /** @throws DamagedData at the end */
  async byte(): Promise<number> {
    const byte = await this.byteOrEnd()
    if (byte === undefined) throw new DamagedData(TRUNCATED, this.#passed)
    return byte
  }

  /** Skips a text and the zero that ends it. @throws DamagedData at the end */
  async passText(): Promise<void> {
    for (let piece = await this.piece(); piece; piece = await this.piece()) {
      const end = piece.indexOf(0)
      this.pass(end < 0 ? piece.length : end + 1)
      if (end >= 0) return
    }
    throw new DamagedData(TRUNCATED, this.#passed)
  }

  /** Skips zeros, if any. */
  async passZeros(): Promise<void> {
    for (let piece = await this.piece(); piece; piece = await this.piece()) {
      const end = piece.findIndex(byte => byte !== 0)
      this.pass(end < 0 ? piece.length : end)
      if (end >= 0) return
    }
  }

  /** A number, little-endian. @throws DamagedData at the end */
  async number(bytes: number): Promise<number> {
    let value = 0
    for (let at = 0; at < bytes; at++) value += (await this.byte()) * 256 ** at
    return value
  }

  /** Not awaited: the next piece may never come. */
  close(): void {
    this.#pieces.return?.().catch(() => {})
  }
}
