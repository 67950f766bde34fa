const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAGIC_BYTES = 4
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const
const RLE_BLOCK = 1

type Part =
  | 'magic'
  | 'skippable size'
  | 'descriptor'
  | 'window'
  | 'header'
  | 'block header'
  | 'block'
  | 'rest'
  | 'lost'

/** Parts whose bytes are a little-endian number. The bytes of all others are skipped. */
const NUMBERS: ReadonlySet<Part> = new Set([
  'magic',
  'skippable size',
  'descriptor',
  'window',
  'block header',
])

/**
 * Splits pieces of a .zst file at the ends of frames. Node's decompressor reads a file of several frames (`cat a.zst
 * b.zst`, pzstd) only if each write ends with a frame; otherwise it stops after the first without an error.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
export class ZstdFrames {
  readonly #onWindow: (bytes: number) => void
  #part: Part = 'magic'
  #left = MAGIC_BYTES
  #value = 0
  #digit = 1
  #checksum = false
  #lastBlock = false
  #headerLeft = 0
  #frames = 0

  /** @param onWindow called with the window of each frame that has one, in bytes */
  constructor(onWindow: (bytes: number) => void = () => {}) {
    this.#onWindow = onWindow
  }

  /** Whether the last part of a piece is not a frame, but follows whole ones. */
  get followsEnd(): boolean {
    const isPartial = this.#part === 'magic' && this.#left < MAGIC_BYTES
    return this.#frames > 0 && (isPartial || this.#part === 'lost')
  }

  /** Splits a piece into parts that each, except the last, end with a frame. */
  cut(piece: Buffer): Buffer[] {
    const parts: Buffer[] = []
    let start = 0
    let at = 0
    while (at < piece.length) {
      const step = Math.min(this.#left, piece.length - at)
      if (NUMBERS.has(this.#part)) this.#read(piece, at, at + step)
      at += step
      this.#left -= step
      while (this.#left === 0) {
        if (!this.#advance()) continue
        parts.push(piece.subarray(start, at))
        start = at
      }
    }
    if (start < piece.length) parts.push(piece.subarray(start))
    return parts
  }

  #read(piece: Buffer, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      this.#value += (piece[at] as number) * this.#digit
      this.#digit *= 256
    }
  }

  #expect(part: Part, bytes: number): void {
    this.#part = part
    this.#left = bytes
    this.#value = 0
    this.#digit = 1
  }

  /** Continues with the next part. Returns true if that is a new frame. */
  #advance(): boolean {
    const value = this.#value
    switch (this.#part) {
      case 'magic':
        if (value === FRAME_MAGIC) this.#expect('descriptor', 1)
        else if (value - (value % 16) === SKIPPABLE_MAGIC) this.#expect('skippable size', 4)
        // Not a frame: the decompressor will report it.
        else this.#expect('lost', Number.POSITIVE_INFINITY)
        return false
      case 'skippable size':
        this.#expect('rest', value)
        return false
      case 'descriptor':
        this.#checksum = (value & 4) !== 0
        this.#headerLeft = headerBytes(value)
        if (isSingleSegment(value)) this.#expect('header', this.#headerLeft)
        else this.#expect('window', 1)
        return false
      case 'window':
        this.#onWindow(windowBytes(value))
        this.#expect('header', this.#headerLeft - 1)
        return false
      case 'header':
        this.#expect('block header', 3)
        return false
      case 'block header':
        this.#lastBlock = (value & 1) === 1
        this.#expect('block', ((value >> 1) & 3) === RLE_BLOCK ? 1 : value >> 3)
        return false
      case 'block':
        if (this.#lastBlock) this.#expect('rest', this.#checksum ? 4 : 0)
        else this.#expect('block header', 3)
        return false
      default:
        this.#expect('magic', MAGIC_BYTES)
        this.#frames++
        return true
    }
  }
}

/** Bytes of a frame's header after its descriptor: window, dictionary and content size. */
function headerBytes(descriptor: number): number {
  const singleSegment = isSingleSegment(descriptor) ? 1 : 0
  const contentSize = [singleSegment, 2, 4, 8][descriptor >> 6] as number
  return 1 - singleSegment + (DICTIONARY_ID_BYTES[descriptor & 3] as number) + contentSize
}

/** Whether the frame has no window of its own: it is as large as the content. */
const isSingleSegment = (descriptor: number): boolean => (descriptor & 32) !== 0

/** The window, in bytes, for a window descriptor. */
function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}
