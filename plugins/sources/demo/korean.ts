const FIRST_SYLLABLE = 0xac00
const LAST_SYLLABLE = 0xd7a3
const FINALS = 28
const FINAL_RIEUL = 8

const PARTICLE = /(.)\{(\p{L}+)\/(\p{L}+)\}/gu

/**
 * Selects the particles of a Korean sentence: `{은/는}` becomes 은 after a syllable with a final consonant and 는 after
 * one without, and so for any pair. `{으로/로}` becomes 로 after ㄹ too. Anything but Hangul counts as without a final
 * consonant.
 */
export function withParticles(sentence: string): string {
  return sentence.replace(PARTICLE, (_, before: string, afterConsonant: string, afterVowel: string) => {
    const final = finalConsonant(before)
    const consonant = final > 0 && !(final === FINAL_RIEUL && afterVowel === '로')
    return before + (consonant ? afterConsonant : afterVowel)
  })
}

/** The number of a Hangul syllable's final consonant, 0 for none (Unicode standard, chapter 3.12). */
function finalConsonant(character: string): number {
  const code = character.charCodeAt(0)
  return code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE ? (code - FIRST_SYLLABLE) % FINALS : 0
}
