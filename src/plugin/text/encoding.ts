import { Cp949Decoder } from './cp949.ts'

/** Names in use that the Encoding Standard does not list. */
const ALIASES: Readonly<Record<string, string>> = {
  'utf-8-sig': 'utf-8',
  utf8mb4: 'utf-8',
  cp65001: 'utf-8',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  utf16: 'utf-16le',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  ucs2: 'utf-16le',
  'latin-1': 'windows-1252',
  ansi: 'windows-1252',
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  cp51949: 'euc-kr',
  euckr: 'euc-kr',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp950: 'big5',
  eucjp: 'euc-jp',
}

/**
 * The name of an encoding in the Encoding Standard, such as `windows-1252` for `latin1`; undefined if it is not
 * known.
 *
 * @see https://encoding.spec.whatwg.org/#names-and-labels
 */
export function encodingNamed(label: string): string | undefined {
  const name = label.trim().toLowerCase()
  const hyphened = name.replaceAll('_', '-')
  for (const alias of [ALIASES[hyphened] ?? name, hyphened, name.replace(/^cp(?=125\d$)/, 'windows-')]) {
    try {
      return new TextDecoder(alias).encoding
    } catch {
      // Not a name of any encoding.
    }
  }
  return undefined
}

/** The encoding that the first bytes of a text indicate. */
export interface EncodingMark {
  readonly encoding: string
  /** Length of the mark, which is not part of the text. */
  readonly bytes: number
}

/** How many pairs of bytes are read to detect UTF-16 without a mark. */
const MOST_PAIRS = 256
const LEAST_PAIRS = 4

/**
 * Detects the encoding of a text from its first bytes: the byte order mark, or the NULs of UTF-16 in mostly ASCII
 * text. Undefined if neither is found.
 */
export function encodingMark(start: Uint8Array): EncodingMark | undefined {
  const [a, b, c, d] = start
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', bytes: 3 }
  if (a === 0xff && b === 0xfe)
    return c === 0 && d === 0 ? { encoding: 'utf-32', bytes: 4 } : { encoding: 'utf-16le', bytes: 2 }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', bytes: 2 }
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return { encoding: 'utf-32', bytes: 4 }
  const pairs = Math.min(MOST_PAIRS, start.length >> 1)
  if (pairs < LEAST_PAIRS) return undefined
  const nuls = [0, 0]
  for (let at = 0; at < 2 * pairs; at++) if (start[at] === 0) nuls[at & 1] = (nuls[at & 1] as number) + 1
  const [even = 0, odd = 0] = nuls
  if (even === 0 && odd > pairs / 2) return { encoding: 'utf-16le', bytes: 0 }
  if (odd === 0 && even > pairs / 2) return { encoding: 'utf-16be', bytes: 0 }
  return undefined
}

/** The part of TextDecoder that decodes a stream. */
export interface StreamDecoder {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string
}

/** A decoder for an encoding by its name in the Encoding Standard, which ignores byte order marks. */
export const decoderOf = (encoding: string): StreamDecoder =>
  encoding === 'euc-kr' ? new Cp949Decoder() : new TextDecoder(encoding, { ignoreBOM: true })
