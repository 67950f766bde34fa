import { distance } from 'fastest-levenshtein'
import { orList, quote } from './problem.ts'

/** Renamed keys of `mood.yml`: the old path, and the last part of the new one. */
const RENAMED_KEYS: ReadonlyMap<string, string> = new Map([['limits.panes', 'slices']])

/** The new name of a renamed key; undefined if it was not renamed. */
export const newNameOf = (path: readonly (string | number)[]): string | undefined =>
  RENAMED_KEYS.get(path.join('.'))

/** The known name most like a mistyped one; undefined if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  // A long name is no typing error, and would only cost time.
  if (name.length > 64) return undefined
  const typed = name.toLowerCase()
  const farthest = Math.max(2, Math.floor(name.length / 3))
  const [best] = known
    .map(other => ({
      other,
      away: distance(typed, other.toLowerCase()),
      // Of two as far away the one as long is likelier: letters change places more often than they get lost.
      longer: Math.abs(other.length - name.length),
    }))
    .filter(({ other, away }) => away <= farthest && shareMostLetters(typed, other.toLowerCase()))
    .sort((a, b) => a.away - b.away || a.longer - b.longer)
  return best?.other
}

/** Whether two names have more than half of their letters in common: of short names, two changes make another word. */
function shareMostLetters(a: string, b: string): boolean {
  const left = [...b]
  const common = [...a].filter(letter => {
    const place = left.indexOf(letter)
    if (place >= 0) left.splice(place, 1)
    return place >= 0
  })
  return common.length * 2 > Math.max(a.length, b.length)
}

/** `unknown key "extractor", did you mean "extractors"?` */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  if (near !== undefined) return `unknown key ${quote(key)}, did you mean ${quote(near)}?`
  if (known.length === 0) return `unknown key ${quote(key)}: there are none here`
  return `unknown key ${quote(key)}: expected ${orList(known.map(quote))}`
}

/** `unknown key "panes": it was renamed to "slices"` */
export const renamedKey = (key: string, newName: string): string =>
  `unknown key ${quote(key)}: it was renamed to ${quote(newName)}`
