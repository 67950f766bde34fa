import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RELEASE, release } from './release.ts'
import { Feed } from './support/feed.ts'
import { benchPlan } from './support/plan.ts'
import { rateOf } from './support/rate.ts'
import { heading, line, median, timed } from './support/report.ts'
import { Straightforward } from './support/straightforward.ts'
import { ndjson, tweetTexts } from './support/tweets.ts'

/** All of the tweets eight times over. */
const POSTS = 395_512
const ROUNDS = 3
const WARM_UP = 1
/** Milliseconds of event time between two posts: ten posts a second, so that the whole is eleven hours. */
const APART = 100
const ROOT = fileURLToPath(new URL('..', import.meta.url))

const planOf = (scorer: string) =>
  benchPlan('post', { scorers: [{ use: scorer, name: scorer, options: {} }] })

/**
 * (h) A file of the past: event time runs some ten thousand times as fast as the clock, so each delta has many windows.
 * Next to it the same posts of one moment, which shows what the windows cost, and the last release.
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
    `Replay: ${POSTS} ${real ? 'real tweets' : 'INVENTED tweets (no ../shared/data here)'} as JSON, ` +
      `ten a second of event time; medians of ${ROUNDS} rounds, contenders in turn`,
  )
  const straightforward = new Straightforward()
  const feeds = {
    auto1: new Feed(planOf('auto'), 1),
    auto2: new Feed(planOf('auto'), 2),
    afinn1: new Feed(planOf('afinn'), 1),
    afinn2: new Feed(planOf('afinn'), 2),
    still1: new Feed(planOf('afinn'), 1),
  }
  for (const feed of Object.values(feeds)) await feed.pool.start()
  const contenders: Record<string, () => unknown> = {
    straightforward: () => straightforward.run(past),
    auto1: () => feeds.auto1.run(past),
    auto2: () => feeds.auto2.run(past),
    afinn1: () => feeds.afinn1.run(past),
    afinn2: () => feeds.afinn2.run(past),
    still1: () => feeds.still1.run(moment),
  }
  const times: Record<string, number[]> = {}
  for (let round = -WARM_UP; round < ROUNDS; round++)
    for (const [name, work] of Object.entries(contenders)) {
      const ms = await timed(work)
      if (round >= 0) times[name] = [...(times[name] ?? []), ms]
    }
  for (const feed of Object.values(feeds)) await feed.pool.close()
  const show = (what: string, name: string) =>
    line(what, `${Math.round(POSTS / median(times[name] as number[]))} k/s`)
  const ratio = (what: string, base: string, name: string, least: number) => {
    const value = median((times[base] as number[]).map((ms, round) => ms / (times[name]?.[round] as number)))
    line(what, `${value.toFixed(2)} ×`, { text: `≥ ${least}`, met: value >= least })
  }
  show('straightforward: JSON.parse, sentiment, hashtags, prom-client', 'straightforward')
  show('auto, one worker', 'auto1')
  show('auto, two workers', 'auto2')
  show('afinn, one worker', 'afinn1')
  show('afinn, two workers', 'afinn2')
  show('afinn, one worker, all posts of one moment', 'still1')
  ratio('(h) auto, one worker / straightforward', 'straightforward', 'auto1', 1.5)
  ratio('(h) afinn, one worker / straightforward', 'straightforward', 'afinn1', 2.5)
  ratio('(h) auto, two workers / one', 'auto1', 'auto2', 1.7)
  ratio('(h) afinn, event time runs / it does not', 'still1', 'afinn1', 0.9)
  await benchAgainstRelease(past)
}

/** The exporter of this working tree and of the last release, which read the same file. */
async function benchAgainstRelease(past: Buffer): Promise<void> {
  if (!existsSync(join(ROOT, '.git'))) return line('(h) here / the last release', 'left out')
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-replay-'))
  try {
    const path = join(folder, 'posts.jsonl')
    writeFileSync(path, past)
    const bin = release(folder)
    for (const scorer of ['auto', 'afinn']) {
      const config = {
        sources: [{ use: 'file', path, format: 'post' }],
        scorers: [{ use: scorer }],
        extractors: [{ use: 'hashtags' }],
        workers: 1,
      }
      const rates: [here: number, before: number][] = []
      for (let round = 0; round < ROUNDS; round++)
        rates.push([await rateOf(config, POSTS), await rateOf(config, POSTS, bin)])
      const value = median(rates.map(([here, before]) => here / before))
      line(`(h) ${scorer}, one worker / last release (${RELEASE})`, `${value.toFixed(2)} ×`, {
        text: '≥ 1',
        met: value >= 1,
      })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
