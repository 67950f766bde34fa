/** The numbers of Hangul and Latin letters in a text. */
export interface Letters {
  hangul: number
  latin: number
}

const HANGUL = /[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]/

/** Whether a text has any Hangul. A quick test before {@link lettersOf}, since most posts have none. */
export const hasHangul = (text: string): boolean => HANGUL.test(text)

/**
 * Counts the first letters of a text by script. Links are left out, and so are words with one of the marks: a mention
 * or a hashtag is a name, whatever the language.
 *
 * @param length how much of the text is read
 * @param marks such as `@#`
 */
export function lettersOf(text: string, length: number, marks: string): Letters {
  const end = Math.min(text.length, length)
  const letters = { hangul: 0, latin: 0 }
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at)
    if (marks.includes(text.charAt(at)) || (code === 0x3a && text.startsWith('//', at + 1)))
      at = endOfRun(text, at, end)
    else if (isHangul(code)) letters.hangul++
    else if (isLatin(code)) letters.latin++
  }
  return letters
}

const isHangul = (code: number) =>
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0x3131 && code <= 0x318e) ||
  (code >= 0x1100 && code <= 0x11ff)

function isLatin(code: number): boolean {
  const lower = code | 0x20
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0xc0 && code <= 0x24f)
}

function endOfRun(text: string, from: number, end: number): number {
  let at = from
  while (at < end && text.charCodeAt(at) > 0x20) at++
  return at
}
