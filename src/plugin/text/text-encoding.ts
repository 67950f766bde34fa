import { encodingMark } from './encoding.ts'
import { Transcoder } from './transcoder.ts'

/** How the bytes of a text become UTF-8. */
export interface TextEncoding {
  /** Undefined where they are UTF-8. */
  readonly transcoder: Transcoder | undefined
  /** By its name in the Encoding Standard. */
  readonly name: string
  /** Bytes of the byte order mark that the text begins with. */
  readonly markBytes: number
}

/**
 * The encoding of a text by its first bytes and what was said of it. A byte order mark is believed first; where nothing
 * was said, so are the NULs of UTF-16, otherwise the text is UTF-8.
 *
 * @param named by its name in the Encoding Standard
 * @throws Error for an encoding that is not read
 */
export function textEncoding(start: Uint8Array, named: string | undefined): TextEncoding {
  const mark = encodingMark(start)
  // Which byte of UTF-16 comes first is seldom said.
  const isUtf16 = mark?.encoding.startsWith('utf-16') && named?.startsWith('utf-16')
  const isKnown = mark !== undefined && (mark.bytes > 0 || named === undefined || isUtf16 === true)
  const name = isKnown ? mark.encoding : (named ?? 'utf-8')
  if (name === 'utf-32')
    throw new Error('is UTF-32, which is not supported: convert it to UTF-8 first (iconv -f UTF-32 -t UTF-8)')
  return {
    name,
    transcoder: name === 'utf-8' ? undefined : new Transcoder(name),
    markBytes: isKnown ? mark.bytes : 0,
  }
}
