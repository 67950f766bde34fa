import { Feed } from './support/feed.ts'
import { heading, inTurn, line, median, medianRatio, timed } from './support/report.ts'
import { Straightforward } from './support/straightforward.ts'
import { ndjson, statusOf, tweetTexts } from './support/tweets.ts'
import { benchWorkerConfig } from './support/worker-config.ts'

const POSTS = 200_000
const ROUNDS = 5
/** The compiler needs some hundred thousand posts until its optimisations are stable, here and in each contender. */
const WARM_UP = 2

/** Only JSON.parse of each line. */
function parseOnly(bytes: Buffer): void {
  let start = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    JSON.parse(bytes.toString('utf8', start, end))
    start = end + 1
  }
}

/** Damages a record in the usual ways: truncated, or written by something other than a JSON serialiser. */
const broken = (record: Buffer, i: number): Buffer =>
  i % 2 === 0
    ? record.subarray(0, record.length - 20)
    : Buffer.from(record.toString().replace('"text"', 'text'))

/** The cost of a record that is not valid JSON, compared with a valid one. */
async function benchBroken(bytes: Buffer, good: Feed): Promise<void> {
  const records: Buffer[] = []
  for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start))
    records.push(broken(bytes.subarray(start, end), records.length), Buffer.of(10))
  const bad = Buffer.concat(records)
  const times = await inTurn(
    { good: () => timed(() => good.run(bytes)), bad: () => timed(() => good.run(bad)) },
    ROUNDS,
    1,
  )
  const ratio = medianRatio(times.bad, times.good)
  line('time of a broken record / of a good one', `${ratio.toFixed(2)} ×`, {
    text: '≤ 1.5',
    met: ratio <= 1.5,
  })
}

/** (a) the pipeline compared with the obvious program; (b) everything except the scorer compared with JSON.parse. */
export async function benchPipeline(): Promise<void> {
  const { texts, real } = tweetTexts(POSTS)
  const kinds = { 'twitter-v1': ndjson(texts.map(statusOf)), post: ndjson(texts.map(postOf)) }
  for (const [format, bytes] of Object.entries(kinds)) {
    heading(
      `Pipeline: ${POSTS} ${real ? 'real tweets' : 'INVENTED tweets (set MOOD_DATA to a folder of real ones)'} as ${format} JSON, ` +
        `${Math.round(bytes.length / POSTS)} bytes each; medians of ${ROUNDS} rounds, contenders in turn`,
    )
    const straightforward = new Straightforward()
    const feeds = {
      one: new Feed(benchWorkerConfig(format), 1),
      two: new Feed(benchWorkerConfig(format), 2),
      noScorer: new Feed(benchWorkerConfig(format, { scorers: [] }), 1),
    }
    for (const feed of Object.values(feeds)) await feed.pool.start()
    const times = await inTurn(
      {
        straightforward: () => timed(() => straightforward.run(bytes)),
        parse: () => timed(() => parseOnly(bytes)),
        one: () => timed(() => feeds.one.run(bytes)),
        two: () => timed(() => feeds.two.run(bytes)),
        noScorer: () => timed(() => feeds.noScorer.run(bytes)),
      },
      ROUNDS,
      WARM_UP,
    )
    if (format === 'post') await benchBroken(bytes, feeds.one)
    for (const feed of Object.values(feeds)) await feed.pool.close()
    const perSecond = (ms: readonly number[]) => `${Math.round(POSTS / median(ms))} k/s`
    line('straightforward: JSON.parse, sentiment, hashtags, prom-client', perSecond(times.straightforward))
    line('pipeline, one worker', perSecond(times.one))
    line('pipeline, two workers', perSecond(times.two))
    line('JSON.parse alone', perSecond(times.parse))
    line('pipeline without a scorer, one worker', perSecond(times.noScorer))
    const graded = format === 'twitter-v1'
    const report = (what: string, value: number, least: number) =>
      line(what, `${value.toFixed(2)} ×`, graded ? { text: `≥ ${least}`, met: value >= least } : undefined)
    report('(a) one worker / straightforward', medianRatio(times.straightforward, times.one), 1)
    report('(a) two workers / straightforward', medianRatio(times.straightforward, times.two), 1.8)
    report('(b) all but the scorer / JSON.parse', medianRatio(times.parse, times.noScorer), 0.5)
  }
}

const postOf = (text: string, i: number) => ({
  id: String(i),
  text,
  createdAt: 1_637_291_730_661 + i,
  lang: 'en',
})
