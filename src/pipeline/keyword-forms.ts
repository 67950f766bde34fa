import { hasNoSpaces } from './word-boundary.ts'

/** The characters of a phrase that its hashtag or @name leaves out. */
const LEFT_OUT_OF_TAGS = /[ '.-]/g

/** Two letters are too few: `U.S.` is not `#us`. */
const TAG = /^[\p{L}\p{M}\p{N}_]{3,}$/u

/**
 * The forms in which posts write a keyword, itself first: as a hashtag or an @name, where words are joined
 * (`#GalaxyS26`, `@wendys`), and without the spaces that are optional in Korean and other languages (`갤럭시s26`).
 *
 * @param keyword folded
 */
export function formsOf(keyword: string): string[] {
  const forms = [keyword, withoutOptionalSpaces(keyword)]
  const [, sign, name = ''] = /^([#@]?)(.*)$/s.exec(keyword) ?? []
  const tag = name.replace(LEFT_OUT_OF_TAGS, '')
  if (tag !== name && TAG.test(tag)) forms.push(...(sign ? [sign] : ['#', '@']).map(mark => mark + tag))
  return [...new Set(forms)]
}

function withoutOptionalSpaces(keyword: string): string {
  return keyword.replace(/(.) (?=(.))/gu, (both, before: string, after: string) =>
    hasNoSpaces(before) || hasNoSpaces(after) ? before : both,
  )
}
