import '../src/loader/hooks.ts'
import { createRequire } from 'node:module'
import Sentiment from 'sentiment'
import { inMemory, scorerContext } from '../src/loader/instances.ts'
import type { Post } from '../src/plugin/post.ts'
import type { PostScorer } from '../src/plugin/scorer.ts'
import { LAST_RELEASE, tunedOfLastRelease } from './support/last-release.ts'
import { heading, line, median } from './support/report.ts'
import { reviewTexts, tweetTexts } from './support/tweets.ts'

const TWEETS = 20_000
const ROUNDS = 7
const WARM_UP = 2
/** How long each contender scores in a round: some manage thousands of posts in that time, some a million. */
const TURN_MS = 500
/** Posts between two reads of the clock. */
const CLOCK_EVERY = 100

interface Contest {
  /** A built-in scorer, with its default options. */
  readonly scorer: string
  /** The package it is compared with. */
  readonly peer: Peer
  /** The target speed as a multiple of the other package, and in thousands of posts a second. */
  readonly ratio: number
  readonly thousands: number
}

const CONTESTS: readonly Contest[] = [
  { scorer: 'afinn', peer: 'sentiment', ratio: 1, thousands: 200 },
  { scorer: 'vader', peer: 'vader-sentiment', ratio: 100, thousands: 200 },
  { scorer: 'tuned', peer: 'wink-sentiment', ratio: 1, thousands: 100 },
  { scorer: 'auto', peer: 'wink-sentiment', ratio: 1, thousands: 80 },
]

/** (f) posts a second of each built-in scorer on one core, and the ratio to the other package. */
export async function benchScorers(): Promise<void> {
  const { texts, real } = tweetTexts(TWEETS)
  // Copied, like the strings of JSON: substrings of a longer string are slower to read.
  const posts = texts.map(
    (text): Post => ({ text: JSON.parse(JSON.stringify(text)), createdAt: 0, lang: 'en' }),
  )
  heading(
    `Scorers: ${real ? 'real tweets' : 'INVENTED tweets (set MOOD_DATA to a folder of real ones)'}; ` +
      `by the time of the thread; medians of ${ROUNDS} rounds, contenders in turn`,
  )
  for (const { scorer, peer, ratio, thousands } of CONTESTS) {
    const ours = await scorerNamed(scorer)
    const theirs = PEERS[peer]()
    const rates: [ours: number, theirs: number][] = []
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const pair: [number, number] = [perMs(posts, ours), perMs(posts, ({ text }) => theirs(text))]
      if (round >= 0) rates.push(pair)
    }
    const [rate, peerRate] = [median(rates.map(([rate]) => rate)), median(rates.map(([, rate]) => rate))]
    const times = median(rates.map(([ours, theirs]) => ours / theirs))
    const target = { text: `≥ ${thousands} k/s`, met: rate >= thousands }
    line(scorer, `${Math.round(rate)} k/s`, target)
    line(peer, `${peerRate.toFixed(1)} k/s`)
    line(`(f) ${scorer} / ${peer}`, `${times.toFixed(1)} ×`, { text: `≥ ${ratio}`, met: times >= ratio })
  }
  await benchLastRelease('en', texts, 5)
  await benchLastRelease('ko', reviewTexts(TWEETS), 3)
}

/** The ratio of the trained scorer's speed to that in the last release, on the same texts in the same run. */
async function benchLastRelease(language: string, texts: readonly string[], ratio: number): Promise<void> {
  const before = await tunedOfLastRelease(language)
  if (before === undefined || texts.length === 0) {
    line(`tuned, ${language} / ${LAST_RELEASE}`, 'skipped')
    return
  }
  const posts = texts.map((text): Post => ({ text, createdAt: 0, lang: language }))
  const now = await scorerNamed('tuned')
  const times: number[] = []
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const [ours, theirs] = [perMs(posts, now), perMs(posts, ({ text }) => before(text))]
    if (round >= 0) times.push(ours / theirs)
  }
  const middle = median(times)
  line(`(f) tuned, ${language} / ${LAST_RELEASE}`, `${middle.toFixed(2)} ×`, {
    text: `≥ ${ratio}`,
    met: middle >= ratio,
  })
}

/** Posts scored in a millisecond of the thread's processor time, independent of other load. */
function perMs(posts: readonly Post[], score: (post: Post) => unknown): number {
  const before = process.threadCpuUsage()
  let scored = 0
  for (;;) {
    for (const end = scored + CLOCK_EVERY; scored < end; scored++) score(posts[scored % posts.length] as Post)
    const { user, system } = process.threadCpuUsage(before)
    const ms = (user + system) / 1000
    if (ms >= TURN_MS) return scored / ms
  }
}

// Packages without types.
const require = createRequire(import.meta.url)

/** Other packages that score texts, by name. */
const PEERS = {
  sentiment() {
    const sentiment = new Sentiment()
    return (text: string) => sentiment.analyze(text).score
  },
  'vader-sentiment'() {
    const { SentimentIntensityAnalyzer } = require('vader-sentiment') as {
      SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number } }
    }
    return (text: string) => SentimentIntensityAnalyzer.polarity_scores(text).compound
  },
  'wink-sentiment'() {
    const analyse = require('wink-sentiment') as (text: string) => { normalizedScore: number }
    return (text: string) => analyse(text).normalizedScore
  },
} satisfies Record<string, () => (text: string) => number>

type Peer = keyof typeof PEERS

/** A built-in scorer with its default options, without the pipeline. */
async function scorerNamed(name: string): Promise<(post: Post) => unknown> {
  const parts = {
    log: { write: () => {} },
    signal: new AbortController().signal,
    baseDir: process.cwd(),
    topics: [],
    own: inMemory,
  }
  const context = scorerContext('scorer', name, parts, { name })
  const scorer = (await context.scorer({ use: name })) as PostScorer
  return post => scorer.score(post)
}
