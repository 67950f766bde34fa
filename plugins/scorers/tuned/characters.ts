/** The class of a UTF-16 code unit. A letter is 0, so that its entry is only the folded letter. */
export const LETTER = 0
export const SPACE = 1
export const DIGIT = 2
/** Punctuation that ends a clause, and with it the scope of a negation. */
export const CLAUSE = 3
/** Other punctuation and symbols: a run of them may be an emoticon. */
export const SYMBOL = 4
/** Half of a surrogate pair, as in emoji beyond U+FFFF. */
export const SURROGATE = 5
/** Ignored: joiners, variation selectors and control characters. */
export const IGNORED = 6
/** A pictograph up to U+FFFF, such as ❤. */
export const PICTOGRAPH = 7
/** An accent, or a combining Hangul letter: the text may have to be composed first. */
export const COMBINING = 8

/** The bit offset of the class in {@link CHARACTERS}; the folded code unit is below. */
export const KIND_SHIFT = 16
export const FOLDED_MASK = 0xffff

/**
 * For each code unit its class, above the folded code unit: in lower case, with one form of apostrophe and quotation
 * mark, and `0` for all digits. Computed once: a regular expression for each character would take most of a score's
 * time, and one table needs one look-up instead of two.
 */
export const CHARACTERS = new Int32Array(0x10000)

/** Earlier symbols, such as © and ™, are pictographs in Unicode, but have no mood. */
const FIRST_PICTOGRAPH = 0x231a

const fold = (code: number, folded: number) => {
  CHARACTERS[code] = ((CHARACTERS[code] as number) & ~FOLDED_MASK) | folded
}

for (let code = 0; code < 0x10000; code++) {
  if (isIdeographOrSyllable(code)) {
    CHARACTERS[code] = (LETTER << KIND_SHIFT) | code
    continue
  }
  const character = String.fromCharCode(code)
  const kind = kindOf(character, code)
  const lower = character.toLowerCase()
  const folded = kind === DIGIT ? 0x30 : lower.length === 1 ? lower.charCodeAt(0) : code
  CHARACTERS[code] = (kind << KIND_SHIFT) | folded
}
for (const quote of '‘’ʼ´`') fold(quote.charCodeAt(0), 0x27)
for (const quote of '“”„«»') fold(quote.charCodeAt(0), 0x22)

/** More than half of all code units. Recognising them without a test saves half of the time to build the table. */
function isIdeographOrSyllable(code: number): boolean {
  return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3)
}

function kindOf(character: string, code: number): number {
  if (code >= 0xd800 && code < 0xe000) return SURROGATE
  if ((code >= 0x300 && code <= 0x36f) || (code >= 0x1100 && code <= 0x11ff)) return COMBINING
  if (/\s/.test(character)) return SPACE
  if (/[\p{L}\p{M}]/u.test(character)) return code >= 0xfe00 && code <= 0xfe0f ? IGNORED : LETTER
  if (/\p{N}/u.test(character)) return DIGIT
  if (/\p{C}/u.test(character)) return IGNORED
  if (code >= FIRST_PICTOGRAPH && /\p{Extended_Pictographic}/u.test(character)) return PICTOGRAPH
  return '.,!?…。，！？'.includes(character) ? CLAUSE : SYMBOL
}
