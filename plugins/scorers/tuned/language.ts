/** How much of a text is looked at. */
const LOOKED_AT = 1000

/** From this share of its letters on, Hangul makes a text Korean: a syllable says as much as two or three letters. */
const HANGUL_SHARE = 0.2

/** `ko` or `en` by the script of a text's letters, mentions and links apart; '' where it has neither Hangul nor Latin. */
export function languageOf(text: string): 'ko' | 'en' | '' {
  const end = Math.min(text.length, LOOKED_AT)
  let hangul = 0
  let latin = 0
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x40 || text.startsWith('://', at)) at = endOfRun(text, at, end)
    else if (isHangul(code)) hangul++
    else if (isLatin(code)) latin++
  }
  if (hangul > 0 && hangul >= HANGUL_SHARE * (hangul + latin)) return 'ko'
  return latin > 1 ? 'en' : ''
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
