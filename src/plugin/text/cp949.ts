const REPLACEMENT = 0xfffd
const FIRST_SYLLABLE = 0xac00
const LAST_SYLLABLE = 0xd7a3

/** The second bytes of the codes that CP949 adds, and the first byte from which there are fewer. */
const SECOND_BYTES = [...range(0x41, 0x5a), ...range(0x61, 0x7a), ...range(0x81, 0xfe)]
const FEWER_FROM = 0xa1

/** Signs added to KS X 1001 later: €, ® and ㉾. */
const LATER_SIGNS = [0xa2e6, 0xa2e7, 0xa2e8]
const LATER = '€®㉾'

let decoded: Uint16Array | undefined

/**
 * Decodes CP949 (Windows-949, UHC), which Korean programs on Windows write. Node.js treats its name as EUC-KR, which
 * lacks most Hangul syllables, such as 뷁 and 됬. CP949 is EUC-KR with the missing syllables added in Unicode order, in
 * the gaps of EUC-KR.
 *
 * @see https://encoding.spec.whatwg.org/#euc-kr
 */
export class Cp949Decoder {
  /** The first byte of a code whose second byte is missing so far; 0 for none. */
  #first = 0

  decode(bytes: Uint8Array = new Uint8Array(0), { stream = false } = {}): string {
    decoded ??= codes()
    const units = new Uint16Array(bytes.length + 2)
    let length = 0
    for (const byte of bytes) {
      if (this.#first === 0) {
        if (byte < 0x80) units[length++] = byte
        else if (byte === 0x80 || byte === 0xff) units[length++] = REPLACEMENT
        else this.#first = byte
        continue
      }
      const unit = decoded[this.#first * 256 + byte] || REPLACEMENT
      this.#first = 0
      units[length++] = unit
      // A line end, for example, must not be swallowed by half of a code before it.
      if (unit === REPLACEMENT && byte < 0x80) units[length++] = byte
    }
    if (!stream && this.#first !== 0) {
      units[length++] = REPLACEMENT
      this.#first = 0
    }
    return Buffer.from(units.buffer, 0, 2 * length).toString('utf16le')
  }
}

/** UTF-16 units by code: 256 × the first byte + the second. */
function codes(): Uint16Array {
  const units = new Uint16Array(0x10000)
  const inEucKr = new Set<number>()
  const pairs = range(0xa1, 0xfe).flatMap(first => range(0xa1, 0xfe).map(second => [first, second]))
  const texts = new TextDecoder('euc-kr')
    .decode(Uint8Array.from(pairs.flatMap(pair => [...pair, 10])))
    .split('\n')
  for (const [i, [first = 0, second = 0]] of pairs.entries()) {
    const unit = texts[i]?.length === 1 ? (texts[i] as string).charCodeAt(0) : REPLACEMENT
    if (unit === REPLACEMENT) continue
    units[first * 256 + second] = unit
    inEucKr.add(unit)
  }
  for (const [i, code] of LATER_SIGNS.entries()) units[code] = LATER.charCodeAt(i)
  const added = range(FIRST_SYLLABLE, LAST_SYLLABLE).filter(syllable => !inEucKr.has(syllable))
  let next = 0
  for (let first = 0x81; next < added.length; first++)
    for (const second of SECOND_BYTES)
      if (next < added.length && (first < FEWER_FROM || second < FEWER_FROM))
        units[first * 256 + second] = added[next++] as number
  return units
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}
