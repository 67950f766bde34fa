/** What a UTF-16 code unit is to the tokens. */
export const SPACE = 0
export const LETTER = 1
export const DIGIT = 2
/** Punctuation that ends a clause, and with it the reach of a negation. */
export const CLAUSE = 3
/** Other punctuation and symbols: runs of it may be emoticons. */
export const SYMBOL = 4
/** Half of a pair, as emoji beyond the basic plane are. */
export const SURROGATE = 5
/** A pictograph of the basic plane, such as ❤. */
export const PICTOGRAPH = 7
/** Joiners, variation selectors and control characters: as if they were not there. */
export const IGNORED = 6

/** The kind of each code unit. Made once: asking a regular expression for each character would take most of a score's time. */
export const KINDS = new Uint8Array(0x10000)

/** Each code unit in lower case and with one form of apostrophe and quotation mark. Digits are all `0`. */
export const FOLDED = new Uint16Array(0x10000)

/** Symbols before this, such as © and ™, are pictographs to Unicode, but say nothing of a mood. */
const FIRST_PICTOGRAPH = 0x231a

for (let code = 0; code < 0x10000; code++) {
  if (isIdeographOrSyllable(code)) {
    KINDS[code] = LETTER
    FOLDED[code] = code
    continue
  }
  const character = String.fromCharCode(code)
  KINDS[code] = kindOf(character, code)
  const lower = character.toLowerCase()
  FOLDED[code] = lower.length === 1 ? lower.charCodeAt(0) : code
  if (KINDS[code] === DIGIT) FOLDED[code] = 0x30
}
for (const quote of '‘’ʼ´`') FOLDED[quote.charCodeAt(0)] = 0x27
for (const quote of '“”„«»') FOLDED[quote.charCodeAt(0)] = 0x22

/** More than half of all code units. To know these without asking saves half the time that the tables take. */
function isIdeographOrSyllable(code: number): boolean {
  return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3)
}

function kindOf(character: string, code: number): number {
  if (code >= 0xd800 && code < 0xe000) return SURROGATE
  if (/\s/.test(character)) return SPACE
  if (/[\p{L}\p{M}]/u.test(character)) return code >= 0xfe00 && code <= 0xfe0f ? IGNORED : LETTER
  if (/\p{N}/u.test(character)) return DIGIT
  if (/\p{C}/u.test(character)) return IGNORED
  if (code >= FIRST_PICTOGRAPH && /\p{Extended_Pictographic}/u.test(character)) return PICTOGRAPH
  return '.,!?…。，！？'.includes(character) ? CLAUSE : SYMBOL
}
