import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LAST_RELEASE, programOfLastRelease } from './support/last-release.ts'
import { rateOf } from './support/rate.ts'
import { heading, inTurn, line, median, medianRatio } from './support/report.ts'
import { ndjson, tweetTexts } from './support/tweets.ts'

const POSTS = 2_500_000
const DISTINCT = 100_000
const ROUNDS = 3
const WORKERS = 2
const TOPICS = 50

/** This working tree compared with the last release, without and with a state directory, in one run. */
export async function benchRelease(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-bench-'))
  try {
    const bin = programOfLastRelease(folder)
    if (bin === undefined) return heading('Against the last release: left out, since this is no git checkout')
    const { texts } = tweetTexts(DISTINCT)
    const path = join(folder, 'posts.jsonl')
    const start = Date.now() - POSTS
    for (let from = 0; from < POSTS; from += DISTINCT) {
      const posts = texts.map((text, i) => ({
        id: String(from + i),
        text,
        createdAt: start + from + i,
        lang: 'en',
      }))
      writeFileSync(path, ndjson(posts), { flag: 'a' })
    }
    const words = ['love', 'good', 'day', 'time', 'new', 'happy', 'work', 'people', 'today', 'night']
    const topics = Object.fromEntries(
      Array.from({ length: TOPICS }, (_, i) => [
        `topic${i}`,
        [words[i % words.length] as string, `word${i}`],
      ]),
    )
    let run = 0
    for (const [name, more] of Object.entries({ 'no topics': {}, [`${TOPICS} topics`]: { topics } })) {
      const config = (state: object) => ({
        sources: [{ use: 'file', path, format: 'post' }],
        scorers: [{ use: 'afinn' }],
        extractors: [{ use: 'hashtags' }],
        workers: WORKERS,
        ...more,
        ...state,
      })
      const rates = await inTurn(
        {
          release: () => rateOf(config({}), POSTS, bin),
          here: () => rateOf(config({}), POSTS),
          state: () => rateOf(config({ state: { dir: join(folder, `state${run++}`) } }), POSTS),
        },
        ROUNDS,
      )
      heading(
        `Against the last release (${LAST_RELEASE}): a file of ${POSTS / 1e6} million posts, ${name}, afinn, ${WORKERS} workers; medians of ${ROUNDS} rounds in turn`,
      )
      const perSecond = (values: readonly number[]) => `${Math.round(median(values) / 1000)} k/s`
      line('the last release', perSecond(rates.release))
      line('without a state directory', perSecond(rates.here))
      line('with a state directory', perSecond(rates.state))
      const report = (what: string, value: number, least: number) =>
        line(what, `${value.toFixed(2)} ×`, { text: `≥ ${least}`, met: value >= least })
      report('(f) without a state directory / last release', medianRatio(rates.here, rates.release), 0.97)
      report('(g) with a state directory / last release', medianRatio(rates.state, rates.release), 0.9)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
