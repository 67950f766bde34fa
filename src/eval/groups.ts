/** Upper bounds of the length groups, in characters, inclusive. */
const LENGTHS = [20, 50, 100, 140, 280] as const

export const LENGTH_GROUPS: readonly string[] = [
  ...LENGTHS.map((to, i) => `${i === 0 ? 0 : (LENGTHS[i - 1] as number) + 1}–${to}`),
  `over ${LENGTHS[LENGTHS.length - 1] as number}`,
]

/** Which of {@link LENGTH_GROUPS} a text belongs to. */
export function lengthGroup(text: string): string {
  const length = characters(text)
  const index = LENGTHS.findIndex(to => length <= to)
  return LENGTH_GROUPS[index < 0 ? LENGTHS.length : index] as string
}

/** Characters as people count them, nearly: one beyond the first 65,536 is one and not two. */
function characters(text: string): number {
  // Beyond this it makes no difference any more.
  const end = Math.min(text.length, 2 * (LENGTHS[LENGTHS.length - 1] as number) + 2)
  let count = 0
  for (let i = 0; i < end; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++
  return count
}

/** The language group of posts of an unknown language. */
export const NO_LANGUAGE = 'not known'

/** A file with more languages than this has its rarest lumped together. */
const MOST_LANGUAGES = 40
const OTHERS = 'others'

/** Names the language of posts, without region and script, and lumps together those that come after too many. */
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

/** A file with more kinds than this has the others lumped together. */
const MOST_KINDS = 100

/** Names the kind of posts, and lumps together those that come after too many. */
export class KindGroups {
  readonly #seen = new Set<string>()

  group(kind: string | undefined): string | undefined {
    if (kind === undefined || this.#seen.has(kind)) return kind
    if (this.#seen.size >= MOST_KINDS) return OTHERS
    this.#seen.add(kind)
    return kind
  }
}
