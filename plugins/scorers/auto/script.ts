/** How much of a text is looked at. */
const LOOKED_AT = 2000

/** How many letters of a text are Hangul and how many Latin, links, mentions and hashtags apart. */
export interface Letters {
  hangul: number
  latin: number
}

const HANGUL = /[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]/

/** Whether it is worth counting: most posts in the world have none. */
export const hasHangul = (text: string): boolean => HANGUL.test(text)

/** Counts the letters of a text by their script. Links, mentions and hashtags are names, and tell no language. */
export function lettersOf(text: string): Letters {
  const end = Math.min(text.length, LOOKED_AT)
  const letters = { hangul: 0, latin: 0 }
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x40 || code === 0x23 || (code === 0x3a && text.startsWith('//', at + 1)))
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
