/** Upper bounds of the length groups, in characters, inclusive. */
const LENGTHS = [20, 50, 100, 140, 280] as const

export const LENGTH_GROUPS: readonly string[] = [
  ...LENGTHS.map((to, i) => `${i === 0 ? 0 : (LENGTHS[i - 1] as number) + 1}–${to}`),
  `over ${LENGTHS[LENGTHS.length - 1] as number}`,
]

/** The length group of a text. */
export function lengthGroup(text: string): string {
  const length = characters(text)
  const index = LENGTHS.findIndex(to => length <= to)
  return LENGTH_GROUPS[index < 0 ? LENGTHS.length : index] as string
}

/** The number of characters, approximately as people count them: a surrogate pair is one. */
function characters(text: string): number {
  // A longer text is in the last group anyway.
  const end = Math.min(text.length, 2 * (LENGTHS[LENGTHS.length - 1] as number) + 2)
  let count = 0
  for (let i = 0; i < end; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++
  return count
}

/** The language group of posts of an unknown language. */
export const NO_LANGUAGE = 'not known'

/** If a file has more languages than this, the rarest are combined. */
const MOST_LANGUAGES = 40
const OTHERS = 'others'

/** Assigns posts to languages, without region and script; those beyond the maximum are combined. */
export class LanguageGroups {
  readonly #seen = new Set<string>()

  group(lang: string | undefined): string {
    if (lang === undefined) return NO_LANGUAGE
    const primary = lang.split(/[-_]/, 1)[0]?.toLowerCase() ?? lang
    if (this.#seen.has(primary)) return primary
    if (this.#seen.size >= MOST_LANGUAGES) return OTHERS
    this.#seen.add(primary)
    return primary
  }
}

/** If a file has more kinds than this, the others are combined. */
const MOST_KINDS = 100

/** Assigns posts to kinds; those beyond the maximum are combined. */
export class KindGroups {
  readonly #seen = new Set<string>()

  group(kind: string | undefined): string | undefined {
    if (kind === undefined || this.#seen.has(kind)) return kind
    if (this.#seen.size >= MOST_KINDS) return OTHERS
    this.#seen.add(kind)
    return kind
  }
}
