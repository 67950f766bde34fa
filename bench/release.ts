import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rateOf } from './support/rate.ts'
import { heading, line, median } from './support/report.ts'
import { ndjson, tweetTexts } from './support/tweets.ts'

/** The last release: what this working tree is measured against. */
export const RELEASE = 'b2acef7'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const POSTS = 2_500_000
const DISTINCT = 100_000
const ROUNDS = 3
const WORKERS = 2
const TOPICS = 50

/** The last release as a checkout of its own, with the dependencies of this one. */
export function release(folder: string): string {
  const tree = join(folder, 'release')
  mkdirSync(tree)
  const archive = execFileSync('git', ['archive', RELEASE], { cwd: ROOT, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['-x', '-C', tree], { input: archive })
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  return join(tree, 'bin/mood-exporter.mjs')
}

/** This working tree against the last release, without a state directory and with one, in one run. */
export async function benchRelease(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-bench-'))
  try {
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
    const bin = existsSync(join(ROOT, '.git')) ? release(folder) : undefined
    if (bin === undefined) return heading('Against the last release: left out, since this is no git checkout')
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
      const contenders: Record<string, () => Promise<number>> = {
        release: () => rateOf(config({}), POSTS, bin),
        here: () => rateOf(config({}), POSTS),
        state: () => rateOf(config({ state: { dir: join(folder, `state${run++}`) } }), POSTS),
      }
      const rates: Record<string, number[]> = {}
      for (let round = 0; round < ROUNDS; round++)
        for (const [contender, measure] of Object.entries(contenders))
          rates[contender] = [...(rates[contender] ?? []), await measure()]
      heading(
        `Against the last release (${RELEASE}): a file of ${POSTS / 1e6} million posts, ${name}, afinn, ${WORKERS} workers; medians of ${ROUNDS} rounds in turn`,
      )
      const perSecond = (contender: string) =>
        `${Math.round(median(rates[contender] as number[]) / 1000)} k/s`
      const ratio = (contender: string) =>
        median((rates[contender] as number[]).map((rate, i) => rate / (rates.release?.[i] as number)))
      line('the last release', perSecond('release'))
      line('without a state directory', perSecond('here'))
      line('with a state directory', perSecond('state'))
      const report = (what: string, value: number, least: number) =>
        line(what, `${value.toFixed(2)} ×`, { text: `≥ ${least}`, met: value >= least })
      report('(f) without a state directory / last release', ratio('here'), 0.97)
      report('(g) with a state directory / last release', ratio('state'), 0.9)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
