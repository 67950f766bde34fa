/**
 * The reader of a partition: a member whose id is kept with its state, and its fixed share, such as `0/3`, if it has
 * one.
 */
export interface Owner {
  id: string
  share?: string | undefined
}

/**
 * The note beside each offset that is committed to the group, as JSON: tools show it as the metadata of the offset.
 * An owner that returns can see from where on the next owner has counted its records again.
 */
export interface Note {
  /** Who committed the offset. */
  by: string
  share?: string
  /** True if it no longer reads the partition, and the offset is after everything that it counted. */
  released?: true
  /** Earlier owners, oldest first, each with the offset at which the next owner began. */
  before: [id: string, at: number][]
}

/** How many earlier owners are kept: one note is far below the 4 KiB that brokers allow. */
const MOST_BEFORE = 16

/** The longest id that is read, in characters. */
const MOST_ID = 40

/** The note of an owner that begins at an offset with this note. */
export function takenOver(previous: Note | null, at: number, { id, share }: Owner): Note {
  const before = (previous?.before ?? []).filter(([other]) => other !== id && other !== previous?.by)
  if (previous && previous.by !== id) before.push([previous.by, at])
  return { by: id, ...(share === undefined ? {} : { share }), before: before.slice(-MOST_BEFORE) }
}

/** The offset at which the owner after that one began; undefined if it is not known, or there is none. */
export const endOfTenure = ({ before }: Note, id: string): number | undefined =>
  before.find(([other]) => other === id)?.[1]

export const writeNote = (note: Note): string => JSON.stringify({ mood: 1, ...note })

/** The note in the metadata of an offset; null if there is none, as for other programs. */
export function readNote(text: string | null): Note | null {
  if (!text?.startsWith('{"mood":1,')) return null
  try {
    const { by, share, released, before } = JSON.parse(text)
    if (!isId(by) || !Array.isArray(before) || !before.every(isTenure)) return null
    return {
      by,
      ...(isId(share) ? { share } : {}),
      ...(released === true ? { released } : {}),
      before: before.slice(-MOST_BEFORE),
    }
  } catch {
    return null
  }
}

const isId = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MOST_ID

const isTenure = (value: unknown): value is [string, number] =>
  Array.isArray(value) && isId(value[0]) && Number.isSafeInteger(value[1])
