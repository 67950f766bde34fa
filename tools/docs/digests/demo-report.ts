import { fileURLToPath } from 'node:url'
import { Generator } from '../../../plugins/sources/demo/generator.ts'
import { TICK_SECONDS } from '../../../plugins/sources/demo/schedule.ts'
import { parseConfig } from '../../../src/config/load.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { testJob } from '../../../src/pipeline/pipeline-testing.ts'
import { ThreadActivity } from '../../../src/pipeline/thread-activity.ts'
import type { ReportEvent, ReportLanguage } from '../../../src/plugin/events/report.ts'
import { MemoryStore } from '../../../src/plugin/memory-store.ts'
import { prepare } from '../../../src/runtime/reload/prepare.ts'
import { buildReport } from '../../../src/runtime/reports/build.ts'
import type { ReportSpec } from '../../../src/runtime/reports/report-spec.ts'
import { makeInstances } from '../../../src/runtime/workers/instances.ts'
import { deltaShapeOf } from '../../../src/state/shape.ts'
import { State } from '../../../src/state/state.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const LIST_MS = 10 * 60_000

/** Nine in the morning in Seoul, a Friday. */
const DUE = Date.parse('2026-11-27T09:00+09:00')

/** Early enough for the report to compare with the week before. */
const START = DUE - 9 * DAY

/** Posts a second; about 700 a day. */
const RATE = 0.008

const CONFIG = `
sources:
  - use: demo
  - { name: signal, use: poll, url: "https://api.signal.bz/news/realtime", every: 10m, format: signal-bz }
topics:
  nova: [nova phone, 노바폰]
  lumen: [café lumen, cafe lumen, 루멘커피, 카페 루멘]
  moonlit: [moonlit alley, 달빛골목]
extractors: [hashtags]
rankings: { windows: [1h] }
limits: { record_bytes: 1MiB }
reports:
  - { name: daily, time_zone: Asia/Seoul, topics: [nova, lumen, moonlit], terms: 3, ranking_terms: 5, language: en }
`

/** Invented searches with their initial popularity. */
const SEARCHES = ['노바폰 출시', '첫눈', '루멘커피', '달빛골목 결말', '수능 성적표', '김장', '환율', '손흥민']

/**
 * Reports of one day in each language, on the posts of the source demo and on invented lists. They come from the real
 * pipeline and state, with a simulated clock.
 */
export async function demoReports(): Promise<Record<ReportLanguage, ReportEvent>> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const { resolved } = await prepare(async () => parseConfig(CONFIG, `${root}mood.yml`, {}), null)
  const { workerConfig, shape, reports } = resolved
  const instances = await makeInstances(workerConfig, {
    log: { write: () => {} },
    signal: new AbortController().signal,
    baseDir: root,
    topics: [],
    own: () => ({ metrics: {} as never, store: new MemoryStore() }),
  })
  const delta = new State(deltaShapeOf(shape))
  const events = { onDrop: () => {}, onFailure: () => {} }
  const pipeline = new Pipeline(workerConfig, instances, delta, new ThreadActivity(), events)
  const state = new State(shape)
  const generator = new Generator({ seed: 1, rate: RATE, incidentEvery: 30 * 3600, incidentLength: 2 * 3600 })
  let tick = 0
  for (let at = START; at < DUE; at += HOUR) {
    const end = at + HOUR
    const posts: (string | Uint8Array)[] = []
    for (; START + tick * TICK_SECONDS * 1000 < end; tick++)
      if (generator.schedule.postsIn(tick) > 0)
        posts.push(...generator.tick(tick, START).map(({ record }) => record))
    for (const [source, records] of [posts, listsOf(at, end)].entries()) {
      const job = testJob(records, { source, receivedAt: end })
      if (pipeline.synchronous)
        for (let record = 0; record < records.length; record++) pipeline.record(job, record)
      else throw new Error('expected plugins that need no waiting')
    }
    const { base, terms } = delta.encode()
    state.merge(State.decodeBase(deltaShapeOf(shape), base), at)
    for (const each of terms) state.mergeTerms(each)
    const slice = state.history?.at(at)
    if (slice) slice.ran += HOUR
    state.advance(end)
    delta.reset()
  }
  const [spec] = reports as [ReportSpec]
  const made = (language: ReportLanguage) =>
    buildReport({ ...spec, language }, DUE, { state, incidents: null }, true)
  return { en: made('en'), ko: made('ko') }
}

/** Lists at intervals of ten minutes: the most popular searches come first, and each is popular at another time. */
function listsOf(from: number, end: number): string[] {
  const lists: string[] = []
  for (let at = from; at < end; at += LIST_MS) {
    const wanted = SEARCHES.map((keyword, i) => {
      const peak = DUE - (i * 5 + 1) * HOUR
      return { keyword, interest: -Math.abs(at - peak) / HOUR - i }
    })
    const top10 = wanted
      .sort((a, b) => b.interest - a.interest)
      .slice(0, 5)
      .map(({ keyword }, i) => ({ rank: i + 1, keyword, state: 's' }))
    lists.push(JSON.stringify({ now: at, top10 }))
  }
  return lists
}
