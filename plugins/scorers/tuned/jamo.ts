const FIRST_SYLLABLE = 0xac00
const LAST_SYLLABLE = 0xd7a3
const MEDIALS = 21
const FINALS = 28

/** Single letters (ㅋ, ㅠ), in the order in which Unicode composes syllables of them. */
const INITIAL = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const MEDIAL = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
const FINAL = ' ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'

const codesOf = (letters: string) => Uint16Array.from(letters, letter => letter.charCodeAt(0))
const initials = codesOf(INITIAL)
const medials = codesOf(MEDIAL)
const finals = codesOf(FINAL)

/**
 * Writes the letters of a syllable into `into` from `at` on, and returns the index after them. Other characters are
 * written unchanged. Single letters and letters within syllables are written alike, so that "쩐다ㅠ" and "쩐다유" share
 * features.
 *
 * Source: the Unicode Standard, 3.12 "Conjoining Jamo Behavior".
 */
export function jamoOf(code: number, into: Uint16Array, at: number): number {
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) {
    into[at] = code
    return at + 1
  }
  const index = code - FIRST_SYLLABLE
  const final = index % FINALS
  into[at] = initials[Math.floor(index / (MEDIALS * FINALS))] as number
  into[at + 1] = medials[Math.floor(index / FINALS) % MEDIALS] as number
  if (final === 0) return at + 2
  into[at + 2] = finals[final] as number
  return at + 3
}
