import type { Polarity } from './mood.ts'
import { emoji, type Felt, type Phrases, type TopicPhrases } from './phrases/phrases.ts'
import type { Random } from './random.ts'
import type { Topic } from './topics.ts'

/** How long a set of tags stays popular. */
const FASHION_SECONDS = 180

export interface Occasion {
  polarity: Polarity
  /** Whether the post is about a current incident. */
  incident: boolean
  /** Seconds of stream time, which determine the popular tags. */
  seconds: number
}

/** Writes posts about one topic in one language. */
export class Writer {
  readonly #phrases: Phrases
  readonly #topic: Topic
  readonly #about: TopicPhrases
  readonly #own: Felt
  readonly #general: Felt
  readonly #incident: readonly string[]
  /** The share of posts with an emoji, in per cent. */
  readonly #emojiShare: number

  constructor(topic: Topic, language: 'en' | 'ko', phrases: Phrases) {
    this.#topic = topic
    this.#phrases = phrases
    this.#about = topic[language]
    this.#emojiShare = language === 'ko' ? 0.7 : 0.4
    const { names, subjects, sentences, incident } = this.#about
    const things = fill(subjects, 'name', names)
    this.#own = eachFeeling(polarity => fill(sentences[polarity], 'name', names))
    this.#general = eachFeeling(polarity => fill(phrases.sentences[polarity], 'it', things))
    this.#incident = fill(incident, 'name', names)
  }

  write(random: Random, occasion: Occasion): string {
    const { polarity } = occasion
    let text = this.#sentence(random, occasion)
    if (random.chance(0.35)) text = random.pick(this.#phrases.openers[polarity]) + text
    else if (random.chance(0.7)) text = text.charAt(0).toUpperCase() + text.slice(1)
    if (random.chance(0.15)) text = `@${this.#someone(random)} ${text}`
    if (random.chance(0.3)) text = `${ended(text)} ${random.pick(this.#phrases.closers[polarity])}`
    else if (random.chance(0.2)) text = ended(text, '!')
    if (random.chance(0.5)) text += random.pick(this.#phrases.emoticons[polarity])
    if (random.chance(this.#emojiShare)) text += this.#emoji(random, polarity)
    if (random.chance(0.45)) text += this.#tags(random, occasion)
    return text
  }

  #sentence(random: Random, { polarity, incident }: Occasion): string {
    if (incident && polarity === 'negative' && random.chance(0.6)) return random.pick(this.#incident)
    return random.pick(random.chance(0.3) ? this.#own[polarity] : this.#general[polarity])
  }

  #someone(random: Random): string {
    return random.chance(0.4) ? this.#topic.account : somebody(random)
  }

  #emoji(random: Random, polarity: Polarity): string {
    const kinds = emoji[polarity]
    let text = ` ${kinds[random.rank(kinds.length)]}`
    if (random.chance(polarity === 'neutral' ? 0.3 : 0.15)) text += ` ${random.pick(this.#topic.emoji)}`
    return text
  }

  #tags(random: Random, occasion: Occasion): string {
    let text = ''
    for (let more = true; more; more = random.chance(0.35)) {
      const tag = ` #${this.#tag(random, occasion)}`
      if (!text.includes(tag)) text += tag
    }
    return text
  }

  #tag(random: Random, { polarity, incident, seconds }: Occasion): string {
    const { tags, incidentTags } = this.#about
    if (incident && polarity === 'negative' && random.chance(0.6))
      return incidentTags[random.rank(incidentTags.length)] as string
    const pool = random.chance(0.25) ? this.#phrases.tags : tags
    const fashion = Math.floor(seconds / FASHION_SECONDS)
    return pool[(random.rank(pool.length) + fashion) % pool.length] as string
  }
}

/** The text with an end of sentence, if it has none. */
function ended(text: string, end = '.'): string {
  return /[.!?]$/.test(text) ? text : text + end
}

function eachFeeling(of: (polarity: Polarity) => readonly string[]): Felt {
  return { positive: of('positive'), neutral: of('neutral'), negative: of('negative') }
}

/** Each template with each value in its slot, for use within a sentence. */
function fill(templates: readonly string[], slot: string, values: readonly string[]): string[] {
  return templates.flatMap(template =>
    values.map(value => withParticles(uncapitalised(template).replaceAll(`{${slot}}`, value))),
  )
}

function uncapitalised(template: string): string {
  return template.startsWith('I ') ? template : template.charAt(0).toLowerCase() + template.slice(1)
}

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

const FIRST =
  'sunny quiet little happy lazy brave tiny pixel lunar rainy salty sweet misty cosmic hana mina juno yuna teo noah'.split(
    ' ',
  )
const SECOND =
  'otter maple comet noodle panda river pepper robin willow pebble biscuit tulip falcon mango cloud tiger kim lee park choi'.split(
    ' ',
  )
const NUMBERS = 60

const PEOPLE = FIRST.length * SECOND.length * NUMBERS

/** An author. There are 24,000; a few of them write most posts. */
export function somebody(random: Random): string {
  const person = random.rank(PEOPLE)
  const first = FIRST[person % FIRST.length]
  // The shift gives the busiest people different second names as well.
  const second = SECOND[(person + Math.floor(person / FIRST.length)) % SECOND.length]
  const number = Math.floor(person / (FIRST.length * SECOND.length))
  return number === 0 ? `${first}_${second}` : `${first}_${second}${number}`
}
