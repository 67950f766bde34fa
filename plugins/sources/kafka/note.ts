/** Who reads a partition: a member that keeps its id with its state, and its fixed share, such as `0/3`, if it has one. */
export interface Owner {
  id: string
  share?: string | undefined
}

/**
 * What is written beside each offset that is committed to the group, as JSON: tools show it as the metadata of the offset.
 * With it an owner that comes back finds out from where on the next one has counted its records again.
 */
export interface Note {
  /** Who committed the offset. */
  by: string
  share?: string
  /** True once it reads the partition no longer, and the offset is behind all that it counted. */
  released?: true
  /** Earlier owners, the latest last, and the offset at which the owner after each began. */
  before: [id: string, at: number][]
}

/** Earlier owners that are kept: those of one offset fit into the 4 KiB that brokers allow, several times. */
const MOST_BEFORE = 16

/** The longest id that is read, in characters. */
const MOST_ID = 40

/** What is committed by an owner that begins at an offset of the group's, which has that note. */
export function takenOver(previous: Note | null, at: number, { id, share }: Owner): Note {
  const before = (previous?.before ?? []).filter(([other]) => other !== id && other !== previous?.by)
  if (previous && previous.by !== id) before.push([previous.by, at])
  return { by: id, ...(share === undefined ? {} : { share }), before: before.slice(-MOST_BEFORE) }
}

/** The offset at which the owner after that one began; undefined where it is not known, or there is none. */
export const endOfTenure = ({ before }: Note, id: string): number | undefined =>
  before.find(([other]) => other === id)?.[1]

export const writeNote = (note: Note): string => JSON.stringify({ mood: 1, ...note })

/** The note in the metadata of an offset; null where there is none, as in what other programs commit. */
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
