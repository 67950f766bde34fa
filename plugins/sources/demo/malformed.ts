import type { Random } from './random.ts'

/** A record damaged in one of the usual ways, so that it can no longer be read as a post. */
export function malformed(random: Random, record: string): string | Uint8Array {
  switch (random.int(6)) {
    case 0: // Truncated, as by a lost connection.
      return record.slice(0, 2 + random.int(record.length - 3))
    case 1: // The wrong types.
      return JSON.stringify({ ...JSON.parse(record), text: 42, createdAt: 'yesterday' })
    case 2: // No text.
      return JSON.stringify({ ...JSON.parse(record), text: undefined })
    case 3: // Not JSON at all.
      return '<html><body>502 Bad Gateway</body></html>'
    case 4: // Binary data.
      return Uint8Array.from({ length: 16 + random.int(48) }, () => random.int(256)).fill(0x80, 0, 4)
    default: // Text in another encoding: 0xff is never part of UTF-8.
      return Buffer.concat([Buffer.from(record.slice(0, -1)), Buffer.from([0xff, 0x7d])])
  }
}
