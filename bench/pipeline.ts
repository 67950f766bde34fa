import { Feed } from './support/feed.ts'
import { benchPlan } from './support/plan.ts'
import { heading, line, median, timed } from './support/report.ts'
import { Straightforward } from './support/straightforward.ts'
import { ndjson, statusOf, tweetTexts } from './support/tweets.ts'

const POSTS = 200_000
const ROUNDS = 5
/** The compiler needs some hundred thousand posts to make up its mind, here as in each contender. */
const WARM_UP = 2

/** JSON.parse of each line and nothing else. */
function parseOnly(bytes: Buffer): void {
  let start = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    JSON.parse(bytes.toString('utf8', start, end))
    start = end + 1
  }
}

/** (a) the pipeline against the program one would write first; (b) everything but the scorer against JSON.parse. */
export async function benchPipeline(): Promise<void> {
  const { texts, real } = tweetTexts(POSTS)
  const kinds = { 'twitter-v1': ndjson(texts.map(statusOf)), post: ndjson(texts.map(postOf)) }
  for (const [format, bytes] of Object.entries(kinds)) {
    heading(
      `Pipeline: ${POSTS} ${real ? 'real tweets' : 'INVENTED tweets (no ../shared/data here)'} as ${format} JSON, ` +
        `${Math.round(bytes.length / POSTS)} bytes each; medians of ${ROUNDS} rounds, contenders in turn`,
    )
    const straightforward = new Straightforward()
    const feeds = {
      one: new Feed(benchPlan(format), 1),
      two: new Feed(benchPlan(format), 2),
      noScorer: new Feed(benchPlan(format, { scorers: [] }), 1),
    }
    for (const feed of Object.values(feeds)) await feed.pool.start()
    const contenders: Record<string, () => unknown> = {
      straightforward: () => straightforward.run(bytes),
      parse: () => parseOnly(bytes),
      one: () => feeds.one.run(bytes),
      two: () => feeds.two.run(bytes),
      noScorer: () => feeds.noScorer.run(bytes),
    }
    const times: Record<string, number[]> = {}
    for (let round = -WARM_UP; round < ROUNDS; round++)
      for (const [name, work] of Object.entries(contenders)) {
        const ms = await timed(work)
        if (round >= 0) times[name] = [...(times[name] ?? []), ms]
      }
    for (const feed of Object.values(feeds)) await feed.pool.close()
    const perSecond = (name: string) => `${Math.round(POSTS / median(times[name] as number[]))} k/s`
    const ratio = (base: string, name: string) =>
      median((times[base] as number[]).map((ms, round) => ms / (times[name]?.[round] as number)))
    line('straightforward: JSON.parse, sentiment, hashtags, prom-client', perSecond('straightforward'))
    line('pipeline, one worker', perSecond('one'))
    line('pipeline, two workers', perSecond('two'))
    line('JSON.parse alone', perSecond('parse'))
    line('pipeline without a scorer, one worker', perSecond('noScorer'))
    const graded = format === 'twitter-v1'
    const report = (what: string, value: number, least: number) =>
      line(what, `${value.toFixed(2)} ×`, graded ? { text: `≥ ${least}`, met: value >= least } : undefined)
    report('(a) one worker / straightforward', ratio('straightforward', 'one'), 1)
    report('(a) two workers / straightforward', ratio('straightforward', 'two'), 1.8)
    report('(b) all but the scorer / JSON.parse', ratio('parse', 'noScorer'), 0.5)
  }
}

const postOf = (text: string, i: number) => ({
  id: String(i),
  text,
  createdAt: 1_637_291_730_661 + i,
  lang: 'en',
})
