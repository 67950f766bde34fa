/** Python's `string.punctuation`, which is ASCII only. */
export const PUNCTUATION_MARKS = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** A text without the punctuation at its ends. */
export function withoutPunctuation(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && PUNCTUATION_MARKS.includes(text[start] as string)) start++
  while (end > start && PUNCTUATION_MARKS.includes(text[end - 1] as string)) end--
  return text.slice(start, end)
}
