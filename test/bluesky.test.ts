import { expect, onTestFinished, test } from 'vitest'
import { Jetstream } from '../plugins/sources/bluesky/testing-jetstream.ts'
import { startExporter } from '../tools/stack/exporter.ts'

const POSTS = 30_000
const SENT_AT_ONCE = 500
const LATE_MS = 120_000

test('thousands of events a second of Bluesky are counted by one exporter, all of them', {
  timeout: 3 * LATE_MS,
}, async () => {
  const instance = await Jetstream.start()
  onTestFinished(() => instance.stop())
  await using exporter = await startExporter({
    workers: 1,
    sources: [{ use: 'bluesky', hosts: [instance.host] }],
    topics: { coffee: ['coffee', 'espresso'], football: ['football', 'soccer'] },
    scorers: [{ use: 'afinn' }],
    extractors: [{ use: 'hashtags' }, { use: 'words' }],
    windows: [{ size: '10s' }],
  })
  await exporter.until(samples => samples.sum('mood_source_up') === 1, LATE_MS)
  const cpu = async () => (await exporter.samples()).sum('process_cpu_seconds_total')
  const [cpuBefore, since] = [await cpu(), performance.now()]
  const texts = ['a good cup of coffee #morning', 'what a terrible football match', 'nothing of either']
  for (let n = 0; n < POSTS; n++) {
    instance.post(`${texts[n % texts.length]} ${n}`)
    if (n % SENT_AT_ONCE === 0) await new Promise(resolve => setImmediate(resolve))
  }
  const samples = await exporter.until(
    samples => samples.sum('mood_posts_total') + samples.sum('mood_posts_dropped_total') >= POSTS,
    LATE_MS,
  )
  expect(samples.sum('mood_posts_dropped_total', { reason: 'off_topic' })).toBe(POSTS / 3)
  expect(samples.sum('mood_posts_dropped_total')).toBe(POSTS / 3)
  // Said, not asserted: a busy machine may take its time.
  const seconds = (performance.now() - since) / 1000
  const core = (await cpu()) - cpuBefore
  console.info(
    `${Math.round(POSTS / seconds)} events a second; ${Math.round(POSTS / core)} for each second of a core`,
  )
})
