/** Particles that follow any noun. */
const AFTER_ANY = [
  '에서는',
  '에서도',
  '에서',
  '에게',
  '에는',
  '에도',
  '까지',
  '부터',
  '처럼',
  '한테',
  '이라는',
  '의',
  '에',
]

/** Particles that follow only a vowel, or only a final consonant; otherwise they are part of the word (있는, 소설가). */
const AFTER_VOWEL = ['는', '가', '를', '와', '라는']
const AFTER_CONSONANT = ['은', '을', '과', '으로']

const PARTICLE = new RegExp(`(?:${[...AFTER_ANY, ...AFTER_VOWEL, ...AFTER_CONSONANT].join('|')})$`)
const HANGUL = /^[가-힣]{3,}$/
const FIRST_SYLLABLE = 0xac00

/** Final consonants of verbs that nouns never have: ㄵ, ㄶ, ㅀ, ㅆ, ㅎ (괜찮은, 재밌을). By their numbers in Unicode 3.12. */
const OF_VERBS: readonly number[] = [5, 6, 15, 20, 27]

/** A syllable's number is 28 × (its first consonant and vowel) + its final consonant, which is 0 for none. */
const finalConsonant = (syllable: number) => (syllable - FIRST_SYLLABLE) % 28

/**
 * The word without its particle (영화는, 영화를 → 영화), so that a noun is one term. Only if that is nearly always right: two
 * syllables must remain, and the particle must fit the syllable before it. 이 and 도 are kept, as too many nouns end in
 * them (고양이, 제주도).
 */
export function withoutParticle(word: string): string {
  if (word.charCodeAt(0) < FIRST_SYLLABLE || !HANGUL.test(word)) return word
  const particle = PARTICLE.exec(word)?.[0]
  if (particle === undefined || word.length - particle.length < 2) return word
  const noun = word.slice(0, -particle.length)
  const consonant = finalConsonant(noun.charCodeAt(noun.length - 1))
  const isMisfit = consonant === 0 ? AFTER_CONSONANT.includes(particle) : AFTER_VOWEL.includes(particle)
  return isMisfit || OF_VERBS.includes(consonant) ? word : noun
}
