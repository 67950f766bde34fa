import type { Post } from '../src/plugin/post.ts'
import { LAST_RELEASE, tunedOfLastRelease } from './support/last-release.ts'
import { PEERS, type Peer } from './support/peers.ts'
import { heading, line, median } from './support/report.ts'
import { scorerNamed } from './support/scorer.ts'
import { reviewTexts, tweetTexts } from './support/tweets.ts'

const TWEETS = 20_000
const ROUNDS = 7
const WARM_UP = 2
/** How long each contender scores in a round: some make thousands of posts meanwhile, some a million. */
const TURN_MS = 500
/** Posts between two looks at the clock. */
const CLOCK_EVERY = 100

interface Contest {
  /** A built-in scorer, with its default options. */
  readonly scorer: string
  /** The package that it is measured against. */
  readonly peer: Peer
  /** How many times as fast as the peer it is to be, and how many thousand posts a second it is to score. */
  readonly ratio: number
  readonly thousands: number
}

const CONTESTS: readonly Contest[] = [
  { scorer: 'afinn', peer: 'sentiment', ratio: 1, thousands: 200 },
  { scorer: 'vader', peer: 'vader-sentiment', ratio: 100, thousands: 200 },
  { scorer: 'tuned', peer: 'wink-sentiment', ratio: 1, thousands: 100 },
  { scorer: 'auto', peer: 'wink-sentiment', ratio: 1, thousands: 80 },
]

/** (f) posts a second of each built-in scorer on one core, and how many times those of its peer they are. */
export async function benchScorers(): Promise<void> {
  const { texts, real } = tweetTexts(TWEETS)
  // Copied, as strings of JSON are: those that were cut out of a longer one take longer to read.
  const posts = texts.map(
    (text): Post => ({ text: JSON.parse(JSON.stringify(text)), createdAt: 0, lang: 'en' }),
  )
  heading(
    `Scorers: ${real ? 'real tweets' : 'INVENTED tweets (no ../shared/data here)'}; ` +
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

/** How many times as fast the trained scorer is as it was in the last release, on the same texts in the same run. */
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

/** How many posts are scored in a millisecond of the thread's time, whatever else the machine does meanwhile. */
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
