import { ensure } from '../../../state/ensure.ts'
import type { Database } from './database.ts'
import { StateDamaged } from './errors.ts'

/** Ids are spread over the whole table: nearly all pages are written in each pass, whatever their size. */
export const PAGE_BYTES = 16_384
const PAGE_SLOTS = PAGE_BYTES / Int32Array.BYTES_PER_ELEMENT

/** Pairs of slot and value that an epoch wrote. */
export const pairsOf = (value: Uint8Array): Int32Array => new Int32Array(value.slice().buffer)

/** The writes of epochs to each page: epoch, slot within the page, value, one after the other. */
export function writesByPage(database: Database, until: number, idsBytes: number): Map<number, number[]> {
  const pages = new Map<number, number[]>()
  for (const [epoch, value] of database.tables.deltaIds.rows('epoch <= ?', until)) {
    const pairs = pairsOf(value)
    for (let i = 0; i < pairs.length; i += 2) {
      const slot = pairs[i] as number
      if (slot < 0 || slot * Int32Array.BYTES_PER_ELEMENT >= idsBytes)
        throw new StateDamaged(`epoch ${epoch} wrote slot ${slot} of a smaller table of ids`)
      ensure(pages, Math.floor(slot / PAGE_SLOTS), () => []).push(
        epoch,
        slot % PAGE_SLOTS,
        pairs[i + 1] as number,
      )
    }
  }
  return pages
}

/** Applies the writes of epochs to one page. Call it within a transaction. */
export function compactPage(
  database: Database,
  page: number,
  writes: readonly number[],
  until: number,
): void {
  const { ids } = database.tables
  const stored = ids.get(page)
  const since = stored?.[1] ?? Number.NEGATIVE_INFINITY
  const slots = stored ? pairsOf(stored[2]) : new Int32Array(PAGE_SLOTS)
  for (let i = 0; i < writes.length; i += 3)
    if ((writes[i] as number) > since) slots[writes[i + 1] as number] = writes[i + 2] as number
  ids.put([page, until, new Uint8Array(slots.buffer)])
}

/** The table of seen ids: its pages, and the writes of later epochs. */
export function restoreIds(database: Database, idsBytes: number): SharedArrayBuffer | null {
  if (idsBytes === 0) return null
  const memory = new SharedArrayBuffer(idsBytes)
  const bytes = new Uint8Array(memory)
  const since = new Map<number, number>()
  for (const [page, epoch, value] of database.tables.ids.rows()) {
    since.set(page, epoch)
    const at = page * PAGE_BYTES
    if (at >= idsBytes) throw new StateDamaged(`page ${page} lies beyond the table of ids`)
    // The last page is stored whole, but the table may end within it.
    bytes.set(value.subarray(0, Math.min(PAGE_BYTES, idsBytes - at)), at)
  }
  const slots = new Int32Array(memory)
  for (const [page, writes] of writesByPage(database, Number.MAX_SAFE_INTEGER, idsBytes))
    for (let i = 0; i < writes.length; i += 3)
      if ((writes[i] as number) > (since.get(page) ?? Number.NEGATIVE_INFINITY))
        slots[page * PAGE_SLOTS + (writes[i + 1] as number)] = writes[i + 2] as number
  return memory
}
