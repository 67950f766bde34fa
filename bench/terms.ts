import { Feed } from './support/feed.ts'
import { heading, line, median, timed } from './support/report.ts'
import { benchWorkerConfig } from './support/worker-config.ts'

const POSTS = 200_000
const ROUNDS = 7
const WARM_UP = 3

/** Posts with three hashtags each, from this number of hashtags. */
function posts(distinct: number, from: number): Buffer {
  const lines: string[] = []
  for (let i = from; i < from + POSTS; i++) {
    const tag = (n: number) => `#tag${((i * 3 + n) * 7919) % distinct}`
    lines.push(
      `{"id":"${i}","text":"I love ${tag(0)} and ${tag(1)} and ${tag(2)}","createdAt":${1.7e12 + i},"lang":"en"}`,
    )
  }
  return Buffer.from(`${lines.join('\n')}\n`)
}

/** (e) the cost of a post with a thousand different terms and with ten million. */
export async function benchTerms(): Promise<void> {
  const feed = new Feed(benchWorkerConfig('post'), 1)
  await feed.pool.start()
  const few: number[] = []
  const many: number[] = []
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const from = (round + WARM_UP) * POSTS
    for (const [distinct, times] of [
      [1e3, few],
      [1e7, many],
    ] as const) {
      const bytes = posts(distinct, from)
      const ms = await timed(() => feed.run(bytes))
      if (round >= 0) times.push(ms)
    }
  }
  await feed.pool.close()
  const ratio = median(many.map((ms, round) => ms / (few[round] as number)))
  heading(`Terms: ${POSTS} posts with three hashtags each, one worker; medians of ${ROUNDS} rounds in turn`)
  line('10³ different terms', `${((median(few) * 1000) / POSTS).toFixed(2)} µs/post`)
  line('10⁷ different terms', `${((median(many) * 1000) / POSTS).toFixed(2)} µs/post`)
  line('(e) 10⁷ / 10³', `${ratio.toFixed(2)} ×`, { text: '≤ 1.3', met: ratio <= 1.3 })
}
