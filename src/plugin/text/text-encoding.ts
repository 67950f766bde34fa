import { encodingMark } from './encoding.ts'
import { Transcoder } from './transcoder.ts'

/** How the bytes of a text are converted to UTF-8. */
export interface TextEncoding {
  /** Undefined if they are UTF-8. */
  readonly transcoder: Transcoder | undefined
  /** By its name in the Encoding Standard. */
  readonly name: string
  /** Length of the byte order mark at the start of the text. */
  readonly markBytes: number
}

/**
 * The encoding of a text from its first bytes and the configuration. A byte order mark takes precedence. If nothing
 * is configured, the NULs of UTF-16 are detected too; otherwise the text is UTF-8.
 *
 * @param named by its name in the Encoding Standard
 * @throws Error for an unsupported encoding
 */
export function textEncoding(start: Uint8Array, named: string | undefined): TextEncoding {
  const mark = encodingMark(start)
  // Configurations seldom name the byte order of UTF-16.
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
