import { Random } from '../../plugins/sources/demo/random.ts'

/** A stretch with a changed share of a sentiment, or a changed rate of posts. Times in seconds. */
export interface Incident {
  from: number
  to: number
  /** Added to the share of negative posts. */
  negative?: number
  /** Added to the share of positive posts. */
  positive?: number
  /** The factor of the rate of posts. */
  volume?: number
}

export interface Stream {
  seed: number
  /** The average number of posts a minute. */
  perMinute: number
  seconds: number
  /**
   * The share of posts that are shared and so cause more of their sentiment; absent means that posts are independent.
   */
  shared?: number
  incidents?: readonly Incident[]
}

/** Posts by second and sentiment. */
export interface Posts {
  negative: Float64Array
  neutral: Float64Array
  positive: Float64Array
  /** The expected share of negative posts without incidents. */
  usual: Float64Array
}

const DAY = 86_400
const NEGATIVE = 0.2
const POSITIVE = 0.35

/** How far the busiest hour of the day is above the average rate, and the quietest below it. */
const DAILY = 0.6
/** Further variation of the rate: standard deviation of its logarithm, and its correlation time. */
const BUSY = { deviation: 0.25, seconds: 600 }
/** Drift of the usual share: over hours, and over minutes. */
const SLOW = { deviation: 0.02, seconds: 4 * 3600 }
const FAST = { deviation: 0.01, seconds: 300 }
/**
 * The number of times that a shared post is shared (a power law, limited to a part of a minute's posts), and the
 * delay.
 */
const SHARES = { exponent: 2, most: 0.01, seconds: 30 }

/**
 * Posts as people write them: more by day than by night, at a varying rate, with a share of negative ones that drifts
 * around 20 %.
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

/** A random walk that returns to 0 (an Ornstein-Uhlenbeck process) with a correlation time in seconds. */
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

/** The number of times that a shared post is shared. */
function drawShares(random: Random, most: number): number {
  return Math.min(most, Math.floor((1 - random.next()) ** (-1 / SHARES.exponent)))
}

function meanShares(most: number): number {
  let mean = 0
  for (let shares = 1; shares <= most; shares++) mean += shares ** -SHARES.exponent
  return mean
}
