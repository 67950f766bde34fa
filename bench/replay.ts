import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Feed } from './support/feed.ts'
import { LAST_RELEASE, programOfLastRelease } from './support/last-release.ts'
import { rateOf } from './support/rate.ts'
import { heading, inTurn, line, median, medianRatio, timed } from './support/report.ts'
import { Straightforward } from './support/straightforward.ts'
import { ndjson, tweetTexts } from './support/tweets.ts'
import { benchWorkerConfig } from './support/worker-config.ts'

/** Eight copies of the tweets. */
const POSTS = 395_512
const ROUNDS = 3
const WARM_UP = 1
/** Milliseconds of event time between two posts: at ten posts a second the whole spans eleven hours. */
const APART = 100

const workerConfigOf = (scorer: string) =>
  benchWorkerConfig('post', { scorers: [{ use: scorer, name: scorer, options: {} }] })

/**
 * (h) A file of old posts: event time advances about ten thousand times as fast as the clock, so each delta has many
 * windows. Compared with the same posts at a single moment, which shows the cost of the windows, and with the last
 * release.
 */
export async function benchReplay(): Promise<void> {
  const { texts, real } = tweetTexts(POSTS)
  const start = Date.now() - POSTS * APART
  const at = (apart: number) =>
    ndjson(
      texts.map((text, i) => ({ id: String(i), text, createdAt: start + Math.floor(i * apart), lang: 'en' })),
    )
  const past = at(APART)
  const moment = at(0)
  heading(
    `Replay: ${POSTS} ${real ? 'real tweets' : 'INVENTED tweets (set MOOD_DATA to a folder of real ones)'} as JSON, ` +
      `ten a second of event time; medians of ${ROUNDS} rounds, contenders in turn`,
  )
  const straightforward = new Straightforward()
  const feeds = {
    auto1: new Feed(workerConfigOf('auto'), 1),
    auto2: new Feed(workerConfigOf('auto'), 2),
    afinn1: new Feed(workerConfigOf('afinn'), 1),
    afinn2: new Feed(workerConfigOf('afinn'), 2),
    still1: new Feed(workerConfigOf('afinn'), 1),
  }
  for (const feed of Object.values(feeds)) await feed.pool.start()
  const times = await inTurn(
    {
      straightforward: () => timed(() => straightforward.run(past)),
      auto1: () => timed(() => feeds.auto1.run(past)),
      auto2: () => timed(() => feeds.auto2.run(past)),
      afinn1: () => timed(() => feeds.afinn1.run(past)),
      afinn2: () => timed(() => feeds.afinn2.run(past)),
      still1: () => timed(() => feeds.still1.run(moment)),
    },
    ROUNDS,
    WARM_UP,
  )
  for (const feed of Object.values(feeds)) await feed.pool.close()
  const show = (what: string, ms: readonly number[]) => line(what, `${Math.round(POSTS / median(ms))} k/s`)
  const ratio = (what: string, value: number, least: number) =>
    line(what, `${value.toFixed(2)} ×`, { text: `≥ ${least}`, met: value >= least })
  show('straightforward: JSON.parse, sentiment, hashtags, prom-client', times.straightforward)
  show('auto, one worker', times.auto1)
  show('auto, two workers', times.auto2)
  show('afinn, one worker', times.afinn1)
  show('afinn, two workers', times.afinn2)
  show('afinn, one worker, all posts of one moment', times.still1)
  ratio('(h) auto, one worker / straightforward', medianRatio(times.straightforward, times.auto1), 1.5)
  ratio('(h) afinn, one worker / straightforward', medianRatio(times.straightforward, times.afinn1), 2.5)
  ratio('(h) auto, two workers / one', medianRatio(times.auto1, times.auto2), 1.7)
  ratio('(h) afinn, event time runs / it does not', medianRatio(times.still1, times.afinn1), 0.9)
  await benchAgainstRelease(past)
}

/** Runs the exporter of this working tree and that of the last release on the same file. */
async function benchAgainstRelease(past: Buffer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-replay-'))
  try {
    const bin = programOfLastRelease(folder)
    if (bin === undefined) return line('(h) here / the last release', 'left out')
    const path = join(folder, 'posts.jsonl')
    writeFileSync(path, past)
    for (const scorer of ['auto', 'afinn']) {
      const config = {
        sources: [{ use: 'file', path, format: 'post' }],
        scorers: [{ use: scorer }],
        extractors: [{ use: 'hashtags' }],
        workers: 1,
      }
      const rates = await inTurn(
        { here: () => rateOf(config, POSTS), before: () => rateOf(config, POSTS, bin) },
        ROUNDS,
      )
      const value = medianRatio(rates.here, rates.before)
      line(`(h) ${scorer}, one worker / last release (${LAST_RELEASE})`, `${value.toFixed(2)} ×`, {
        text: '≥ 1',
        met: value >= 1,
      })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
