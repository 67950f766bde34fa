/** The type of a file or stream that is not text. */
export interface Container {
  /** `bzip2`, `a zip archive`. */
  readonly name: string
  /** The command that unpacks a file to text. */
  readonly unpack?: string
  /** Set if Node.js can unpack it. */
  readonly compression?: Compression
}

export type Compression = 'gzip' | 'zstd'

/** How many of the first bytes identify a file. */
export const SIGNATURE_BYTES = 512

/** By their first bytes in hexadecimal; `.` is any digit. */
const CONTAINERS: readonly (Container & { readonly starts: readonly string[] })[] = [
  { name: 'gzip', unpack: 'gzip -dc', compression: 'gzip', starts: ['1f8b'] },
  // A frame, or a skippable frame without data.
  { name: 'zstd', unpack: 'zstd -dc', compression: 'zstd', starts: ['28b52ffd', '5.2a4d18'] },
  { name: 'bzip2', unpack: 'bzip2 -dc', starts: ['425a683.314159265359', '425a683.177245385090'] },
  { name: 'xz', unpack: 'xz -dc', starts: ['fd377a585a00'] },
  { name: 'lzma', unpack: 'xz -dc', starts: ['5d0000..00', '5d0000..ff'] },
  { name: 'lzip', unpack: 'lzip -dc', starts: ['4c5a495001'] },
  { name: 'lz4', unpack: 'lz4 -dc', starts: ['04224d18', '02214c18'] },
  { name: 'compress', unpack: 'gzip -dc', starts: ['1f9d', '1fa0'] },
  { name: 'snappy', starts: ['ff060000734e61507059'] },
  { name: 'a zip archive', unpack: 'unzip -p', starts: ['504b0304', '504b0506', '504b0708'] },
  { name: 'a 7z archive', unpack: '7z x -so', starts: ['377abcaf271c'] },
  { name: 'a RAR archive', unpack: 'unrar p -inul', starts: ['526172211a07'] },
  { name: 'an Office document', starts: ['d0cf11e0a1b11ae1'] },
  { name: 'a PDF', unpack: 'pdftotext', starts: ['255044462d'] },
  { name: 'an SQLite database', starts: ['53514c69746520666f726d6174203300'] },
  { name: 'a Parquet file', starts: ['5041523115'] },
  { name: 'an Avro file', starts: ['4f626a01'] },
  { name: 'an Arrow file', starts: ['4152524f57310000'] },
  { name: 'a Python pickle', starts: ['8002', '8003', '8004', '8005'] },
  { name: 'an image', starts: ['89504e470d0a1a0a', 'ffd8ffe', '474946383761', '474946383961'] },
  { name: 'a program', starts: ['7f454c46'] },
]

const TAR_MARK = Buffer.from('ustar')
const TAR_MARK_AT = 257

const PATTERNS = CONTAINERS.map(container => ({
  container,
  pattern: new RegExp(`^(?:${container.starts.join('|')})`),
}))

/** The type of a file or stream by its first bytes, ideally {@link SIGNATURE_BYTES}; undefined if it may be text. */
export function containerOf(start: Uint8Array): Container | undefined {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.length)
  const hex = bytes.toString('hex', 0, 16)
  for (const { container, pattern } of PATTERNS) if (pattern.test(hex)) return container
  const isTar = bytes.subarray(TAR_MARK_AT, TAR_MARK_AT + TAR_MARK.length).equals(TAR_MARK)
  return isTar ? { name: 'a tar archive', unpack: 'tar -xOf' } : undefined
}

/** `is bzip2, which is not read: unpack it first (bzip2 -dc p.bz2)`. */
export function notRead({ name, unpack }: Container, file?: string): string {
  const how = unpack === undefined ? 'give its text' : `unpack it first (${unpack}${file ? ` ${file}` : ''})`
  return `is ${name}, which is not read: ${how}`
}
