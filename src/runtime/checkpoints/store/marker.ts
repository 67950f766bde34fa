import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** A fixed length, so that it is overwritten in place. */
const LENGTH = 64

/**
 * The number of the last committed epoch, in a separate file. If the log of the database was cut or damaged, SQLite
 * silently ends at its last valid frame: the marker shows that there was more. It is not synced: after a power
 * failure it may be behind, which does no harm.
 */
export class Marker {
  readonly #fd: number

  constructor(file: string) {
    this.#fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600)
  }

  write(epoch: number): void {
    const text = `${JSON.stringify([epoch, crc32(`${epoch}`)])}\n`
    writeSync(this.#fd, text.padStart(LENGTH), 0)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** The number in a marker; null if there is none, `damaged` if it cannot be read. */
export function readMarker(file: string): number | null | 'damaged' {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return null
  }
  // If its first write was cut short, there are only the spaces before the number.
  if (text.trim() === '') return null
  try {
    const [epoch, crc] = JSON.parse(text) as [number, number]
    return Number.isSafeInteger(epoch) && crc32(`${epoch}`) === crc ? epoch : 'damaged'
  } catch {
    return 'damaged'
  }
}
