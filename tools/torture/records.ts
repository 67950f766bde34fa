import { LASTING, TOPICS, type Topic } from './config.ts'
import { RECORD_BYTES } from './contract.ts'
import type { Random } from './random.ts'

/** The known properties of a post. */
export interface KnownPost {
  id: string
  /** Empty for a post about no topic. */
  topics: readonly Topic[]
  sentiment: Sentiment
}

export type RecordFault = 'invalid' | 'encoding' | 'oversized'

/** A line to write, and the record or records that the exporter must read from it: each post of an array is one. */
export interface KnownRecord {
  /** The line including its line ending. An empty line may follow, which is not a record. */
  bytes: Buffer
  posts: readonly KnownPost[]
  /** Why it contains no post; null if it does, and for an empty array, which is not a record. */
  fault: RecordFault | null
}

/** The maximum distance of a duplicate, in posts: far fewer than the exporter remembers. */
const REMEMBERED = 2000

const LF = Buffer.from('\n')
const ENDS = [LF, LF, LF, LF, LF, Buffer.from('\r\n'), Buffer.from('\n\n')]

const INVALID = [
  'this is no JSON',
  '{"id": "cut", "text": "I love galaxy',
  '{"id": "number", "text": 7}',
  '[{"id": "wrong", "text": null}]',
  'null',
]

interface Written {
  json: string
  known: KnownPost
}

/** The records of one source, in an order that the seed determines. */
export class Records {
  readonly #source: string
  readonly #random: Random
  readonly #duplicates: boolean
  readonly #recent: Written[] = []
  #number = 0
  /** The number of posts kept for duplicates; each new one replaces the oldest. */
  #remembered = 0

  /** @param duplicates whether some posts are repeated with the same id */
  constructor(source: string, random: Random, duplicates: boolean) {
    this.#source = source
    this.#random = random
    this.#duplicates = duplicates
  }

  /**
   * The next record.
   *
   * @param passing the passing topics that posts may be about
   * @param now when its posts are written, in Unix milliseconds
   */
  next(passing: ReadonlySet<Topic>, now: number): KnownRecord {
    const random = this.#random
    const end = random.pick(ENDS)
    const kind = random.next()
    // Always drawn, so that the sequence does not depend on the configured topics.
    const post = this.#post(passing, now)
    const record = (
      text: string | Buffer,
      posts: readonly KnownPost[],
      fault: RecordFault | null = null,
    ) => ({
      bytes: Buffer.concat([typeof text === 'string' ? Buffer.from(text) : text, end]),
      posts,
      fault,
    })
    if (kind < 0.02) return record(random.pick(INVALID), [], 'invalid')
    if (kind < 0.03) return record(broken(post.known.id), [], 'encoding')
    if (kind < 0.04) return record(oversized(post.known.id, random), [], 'oversized')
    if (kind < 0.05) return record('[]', [])
    if (kind < 0.08) {
      const page = [post, ...Array.from({ length: random.integer(1, 3) }, () => this.#post(passing, now))]
      for (const written of page) this.#remember(written)
      return record(
        `[${page.map(({ json }) => json).join(',')}]`,
        page.map(({ known }) => known),
      )
    }
    if (kind < 0.13 && this.#duplicates && this.#recent.length > 0) {
      const { json, known } = random.pick(this.#recent)
      return record(json, [known])
    }
    this.#remember(post)
    return record(post.json, [post.known])
  }

  /** Writes no duplicates of earlier records: another exporter continues, which does not know their ids. */
  forget(): void {
    this.#recent.length = 0
    this.#remembered = 0
  }

  #post(passing: ReadonlySet<Topic>, now: number): Written {
    const random = this.#random
    const sentiment = random.pick(SENTIMENTS)
    const place = random.next()
    const lasting = random.shuffled(LASTING)
    const other: Topic = random.pick(['comet', 'quasar'])
    let topics: Topic[] = [lasting[0] as Topic]
    if (place < 0.06) topics = []
    else if (place < 0.2) topics = lasting.slice(0, 2)
    // No post is about a topic that is not configured now: whether it counts as off topic would depend on when it is
    // read.
    else if (place < 0.3 && passing.has(other)) topics = place < 0.25 ? [other] : [other, lasting[0] as Topic]
    const text = textOf(sentiment, topics, random)
    const id = `${this.#source}-${++this.#number}`
    const createdAt = now - (random.chance(0.05) ? random.integer(0, 8000) : 0)
    const lang = random.chance(0.5) && sentiment !== 'unknown' ? { lang: 'en' } : {}
    return { json: JSON.stringify({ id, text, createdAt, ...lang }), known: { id, topics, sentiment } }
  }

  #remember(written: Written): void {
    if (!this.#duplicates) return
    if (this.#recent.length < REMEMBERED) this.#recent.push(written)
    else this.#recent[this.#remembered % REMEMBERED] = written
    this.#remembered++
  }
}

/** A record that is not valid UTF-8. */
function broken(id: string): Buffer {
  return Buffer.concat([
    Buffer.from(`{"id": "${id}", "text": "I love galaxy `),
    Buffer.of(0xff, 0xfe),
    Buffer.from('"}'),
  ])
}

function oversized(id: string, random: Random): string {
  const bytes = random.pick([RECORD_BYTES + 1, random.integer(RECORD_BYTES + 2, 4 * RECORD_BYTES)])
  const start = `{"id": "${id}", "text": "I love galaxy `
  return `${start}${`${FILLERS.join(' ')} `.repeat(bytes / 8).slice(0, bytes - start.length - 2)}"}`
}

type Sentiment = 'positive' | 'neutral' | 'negative' | 'unknown'

/**
 * Texts with a certain sentiment under the scorer `afinn`; `@` is replaced by the words of the topics. Those of
 * `unknown` contain no word in Latin letters.
 */
export const TEXTS: Record<Sentiment, readonly string[]> = {
  positive: ['I love @', '@ is wonderful', 'what a great @', 'happy with @', 'not bad @', '@ 😍 love'],
  neutral: ['the @ on the table', 'a window and @', '@ in the paper', 'seven of @ by the river'],
  negative: ['I hate @', '@ is awful', 'what a terrible @', 'sad about @', 'not good @', 'so bad, @'],
  unknown: ['@ 오늘 나왔다', '지금 @ 봤다', '@ 에 대해서'],
}

export const SENTIMENTS = Object.keys(TEXTS) as Sentiment[]

/** Neutral words about no topic, to make texts longer. */
const FILLERS = ['table', 'window', 'paper', 'river', 'seven', 'door', 'the', 'of', 'between', 'yellow']

/** The subjects of posts about no topic. */
const OFF_TOPIC = { latin: 'weather', hangul: '날씨' }

/** The number of different hashtags: more than a term table keeps. */
const HASHTAGS = 3000

/** A text about those topics, or about none, with that sentiment. */
export function textOf(sentiment: Sentiment, topics: readonly Topic[], random: Random): string {
  const words =
    sentiment === 'unknown'
      ? topics.map(topic => TOPICS[topic][1]).join(' ') || OFF_TOPIC.hangul
      : topics.map(topic => TOPICS[topic][0]).join(' ') || OFF_TOPIC.latin
  const text = random.pick(TEXTS[sentiment]).replace('@', words)
  if (sentiment === 'unknown') return text
  const fillers = Array.from({ length: random.integer(0, 12) }, () => random.pick(FILLERS))
  const tags = Array.from({ length: random.integer(0, 3) }, () => `#tag${random.integer(1, HASHTAGS)}`)
  return [text, ...fillers, ...tags].join(' ')
}
