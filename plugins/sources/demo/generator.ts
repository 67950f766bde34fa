import { moodAt, type Polarity } from './mood.ts'
import { en } from './phrases/en.ts'
import { ko } from './phrases/ko.ts'
import { Random } from './random.ts'
import { INCIDENT_EXTRA, Schedule, type ScheduleOptions, TICK_SECONDS } from './schedule.ts'
import { topics } from './topics.ts'
import { somebody, Writer } from './writer.ts'

const OFF_TOPIC = 0.03
const MALFORMED = 0.005
const DUPLICATE = 0.003
/** The share of posts that arrive long after they were written; all others arrive within a second. */
const LATE = 0.002

const KOREAN = 0.45
const SAYS_ITS_LANGUAGE = 0.7
const HAS_URL = 0.9

/** A record, and facts about it that the exporter should find. */
export interface Invented {
  record: string | Uint8Array
  kind: 'post' | 'off_topic' | 'malformed' | 'duplicate'
  /** The number of its topic; absent if it has none. */
  topic?: number
  polarity?: Polarity
}

export type GeneratorOptions = Omit<ScheduleOptions, 'topics'>

/**
 * Invents posts. The posts of a tick depend only on the options and the number of the tick (except for a duplicate of
 * a post in the tick before), so no clock is needed, and a stream can resume at any tick.
 */
export class Generator {
  readonly schedule: Schedule
  readonly #seed: number
  readonly #writers = topics.map(topic => ({
    en: new Writer(topic, 'en', en),
    ko: new Writer(topic, 'ko', ko),
  }))
  #previous: Invented | undefined

  constructor(options: GeneratorOptions) {
    this.#seed = options.seed
    this.schedule = new Schedule({ ...options, topics: topics.length })
  }

  /**
   * The records of a tick.
   * @param epoch start of stream time, in milliseconds since 1970: the origin of `createdAt`
   */
  tick(tick: number, epoch: number): Invented[] {
    const random = new Random(this.#seed, 0, tick)
    const seconds = tick * TICK_SECONDS
    const incident = this.schedule.incidentAt(seconds)
    const moods = topics.map((_, topic) => moodAt(this.#seed, topic, seconds, topic === incident))
    const invented: Invented[] = []
    const due = this.schedule.postsIn(tick)
    for (let number = 0; number < due; number++) {
      if (random.chance(DUPLICATE)) {
        if (this.#previous) invented.push({ ...this.#previous, kind: 'duplicate' })
        continue
      }
      const id = `${this.#seed}-${tick.toString(36)}-${number.toString(36)}`
      const post = random.chance(OFF_TOPIC)
        ? this.#offTopic(random)
        : this.#onTopic(random, seconds, incident, moods)
      const { text, language, ...about } = post
      const record = JSON.stringify(this.#details(random, id, text, language, epoch + seconds * 1000))
      if (random.chance(MALFORMED)) {
        invented.push({ record: malformed(random, record), kind: 'malformed' })
        continue
      }
      this.#previous = { record, ...about }
      invented.push(this.#previous)
    }
    return invented
  }

  #onTopic(
    random: Random,
    seconds: number,
    incident: number | undefined,
    moods: readonly Readonly<Record<Polarity, number>>[],
  ) {
    const struck = incident !== undefined && random.chance(INCIDENT_EXTRA / (1 + INCIDENT_EXTRA))
    const topic = struck ? incident : pickTopic(random)
    const polarity = pickPolarity(random, moods[topic] as Record<Polarity, number>)
    const language = pickLanguage(random)
    const writer = (this.#writers[topic] as Record<'en' | 'ko', Writer>)[language]
    const text = writer.write(random, { polarity, incident: topic === incident, seconds })
    return { text, language, kind: 'post' as const, topic, polarity }
  }

  #offTopic(random: Random) {
    const language = pickLanguage(random)
    return { text: random.pick((language === 'ko' ? ko : en).offTopic), language, kind: 'off_topic' as const }
  }

  #details(random: Random, id: string, text: string, language: string, now: number) {
    const author = somebody(random)
    const delay = random.chance(LATE) ? 5_000 + random.int(60_000) : Math.min(900, random.exponential(80))
    return {
      id,
      text,
      createdAt: Math.round(now - delay),
      lang: random.chance(SAYS_ITS_LANGUAGE) ? language : undefined,
      author,
      url: random.chance(HAS_URL) ? `https://posts.example/${author}/${id}` : undefined,
    }
  }
}

function pickTopic(random: Random): number {
  let rest = random.next()
  for (const [number, { share }] of topics.entries()) {
    rest -= share
    if (rest < 0) return number
  }
  return topics.length - 1
}

function pickPolarity(random: Random, mood: Readonly<Record<Polarity, number>>): Polarity {
  const at = random.next()
  if (at < mood.negative) return 'negative'
  return at < mood.negative + mood.positive ? 'positive' : 'neutral'
}

function pickLanguage(random: Random): 'en' | 'ko' {
  return random.chance(KOREAN) ? 'ko' : 'en'
}

/** A record damaged in one of the usual ways, so that it can no longer be read as a post. */
export function malformed(random: Random, record: string): string | Uint8Array {
  switch (random.int(6)) {
    case 0: // Truncated, as by a lost connection.
      return record.slice(0, 2 + random.int(record.length - 3))
    case 1: // The wrong types.
      return JSON.stringify({ ...JSON.parse(record), text: 42, createdAt: 'yesterday' })
    case 2: // No text.
      return JSON.stringify({ ...JSON.parse(record), text: undefined })
    case 3: // Not JSON at all.
      return '<html><body>502 Bad Gateway</body></html>'
    case 4: // Binary data.
      return Uint8Array.from({ length: 16 + random.int(48) }, () => random.int(256)).fill(0x80, 0, 4)
    default: // Text in another encoding: 0xff is never part of UTF-8.
      return Buffer.concat([Buffer.from(record.slice(0, -1)), Buffer.from([0xff, 0x7d])])
  }
}
