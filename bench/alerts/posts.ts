import { Random } from '../../plugins/sources/demo/random.ts'

/** A stretch in which more of the posts are of one sentiment, or there are more or fewer of them. Seconds. */
export interface Incident {
  from: number
  to: number
  /** Added to the share of negative posts. */
  negative?: number
  /** Added to the share of positive posts. */
  positive?: number
  /** Times as many posts. */
  volume?: number
}

export interface Stream {
  seed: number
  /** Posts a minute, averaged over the day. */
  perMinute: number
  seconds: number
  /** The part of posts that are shared, and so bring others of their sentiment; each post is on its own where absent. */
  shared?: number
  incidents?: readonly Incident[]
}

/** Posts of each second, by sentiment. */
export interface Posts {
  negative: Float64Array
  neutral: Float64Array
  positive: Float64Array
  /** The share that was to be negative but for incidents. */
  usual: Float64Array
}

const DAY = 86_400
const NEGATIVE = 0.2
const POSITIVE = 0.35

/** How much more is written at the busiest hour of the day than on average, and less at the quietest. */
const DAILY = 0.6
/** Busyness beyond that: standard deviation of its logarithm, and how long it lasts. */
const BUSY = { deviation: 0.25, seconds: 600 }
/** How the usual share drifts: over hours, and over minutes. */
const SLOW = { deviation: 0.02, seconds: 4 * 3600 }
const FAST = { deviation: 0.01, seconds: 300 }
/** How often a post is shared that is, spread as a power law and cut at a part of what a minute has, and how soon. */
const SHARES = { exponent: 2, most: 0.01, seconds: 30 }

/**
 * Posts as people write them: more by day than by night, now more and now fewer, with a share of negative ones that drifts
 * about 20 %.
 */
export function generatePosts({ seed, perMinute, seconds, shared = 0, incidents = [] }: Stream): Posts {
  const random = new Random(seed, perMinute)
  const count = () => new Float64Array(seconds + 1)
  const posts: Posts = { negative: count(), neutral: count(), positive: count(), usual: count() }
  const most = Math.max(3, Math.round(SHARES.most * perMinute))
  const perOriginal = 1 + shared * meanShares(most)
  const busy = new Wander(random, BUSY)
  const slow = new Wander(random, SLOW)
  const fast = new Wander(random, FAST)
  const noon = random.next() * DAY
  for (let second = 1; second <= seconds; second++) {
    const incident = incidents.find(({ from, to }) => from <= second && second < to)
    const daily = 1 + DAILY * Math.cos((2 * Math.PI * (second - noon)) / DAY)
    const rate = (perMinute / 60) * daily * Math.exp(busy.next()) * (incident?.volume ?? 1)
    const drift = slow.next() + fast.next()
    posts.usual[second] = NEGATIVE + drift
    const negative = NEGATIVE + drift + (incident?.negative ?? 0)
    const positive = (POSITIVE / (1 - NEGATIVE)) * (1 - NEGATIVE - drift) + (incident?.positive ?? 0)
    for (let originals = poisson(random, rate / perOriginal); originals > 0; originals--) {
      const at = random.next()
      const sentiment = at < negative ? 'negative' : at < negative + positive ? 'positive' : 'neutral'
      const of = posts[sentiment]
      of[second] = (of[second] as number) + 1
      for (let shares = random.chance(shared) ? drawShares(random, most) : 0; shares > 0; shares--) {
        const later = second + Math.floor(random.exponential(SHARES.seconds))
        if (later <= seconds) of[later] = (of[later] as number) + 1
      }
    }
  }
  return posts
}

/** A walk about 0 that forgets where it was after some seconds (an Ornstein-Uhlenbeck process). */
class Wander {
  readonly #random: Random
  readonly #keeps: number
  readonly #step: number
  #value: number

  constructor(random: Random, { deviation, seconds }: { deviation: number; seconds: number }) {
    this.#random = random
    this.#keeps = Math.exp(-1 / seconds)
    this.#step = deviation * Math.sqrt(1 - this.#keeps ** 2)
    this.#value = deviation * normal(random)
  }

  next(): number {
    this.#value = this.#keeps * this.#value + this.#step * normal(this.#random)
    return this.#value
  }
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

function poisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.next(); product > limit; product *= random.next()) count++
  return count
}

/** How often a post is shared that is. */
function drawShares(random: Random, most: number): number {
  return Math.min(most, Math.floor((1 - random.next()) ** (-1 / SHARES.exponent)))
}

function meanShares(most: number): number {
  let mean = 0
  for (let shares = 1; shares <= most; shares++) mean += shares ** -SHARES.exponent
  return mean
}
