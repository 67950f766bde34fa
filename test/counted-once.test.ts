import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import { SCORER } from '../tools/stack/faulty-plugins.ts'

const createdAt = Date.now()

/** Posts with an id each, every other one twice, far apart. */
function withDuplicates(ids: number): { id: string; text: string; createdAt: number }[] {
  const posts = Array.from({ length: ids }, (_, i) => ({ id: `id-${i}`, text: `post ${i}`, createdAt }))
  return [...posts, ...posts.filter((_, i) => i % 2 === 0).reverse()]
}

test('a post is counted once, whichever worker gets it and whichever worker dies', {
  timeout: 60_000,
}, async () => {
  const ids = 6000
  const single = withDuplicates(ids)
  // Posts that end the worker of those around them: these are tried again, and are no duplicates for that.
  for (const [place, fault] of [
    [700, 'exits'],
    [2500, 'endless'],
    [4200, 'exits'],
    [5900, 'endless'],
  ] as const)
    single.splice(place, 0, { id: `boom-${place}`, text: `BOOM ${fault};`, createdAt })
  // Records that hold many posts.
  const pages = Array.from({ length: 20 }, (_, page) =>
    Array.from({ length: 100 }, (_, i) => ({ id: `page-${page}-${i}`, text: 'post', createdAt })),
  )
  pages[3]?.splice(50, 1, { id: 'boom-page', text: 'BOOM exits;', createdAt })
  const again = pages.slice(0, 5)
  // Arrays are cut into records; one within a string of JSON is a record with all its posts.
  const records = [...single, ...[...pages, ...again].map(page => JSON.stringify(page))]
  const lines = records.map(record => `${JSON.stringify(record)}\n`)
  const config = {
    languages: { detect: false },
    limits: { plugin_timeout: '300ms' },
    workers: 2,
    sources: ['one', 'other'].map(name => ({ use: 'file', name, path: './posts.jsonl', dedupe: true })),
    scorers: ['exits', 'endless'].map(fault => ({ use: './scorer.ts', name: fault, fault })),
    extractors: [],
  }
  await using exporter = await startExporter(config, {
    files: { 'posts.jsonl': lines.join(''), 'scorer.ts': SCORER },
  })
  const samples = await exporter.until(
    seen =>
      seen.sum('mood_source_records_total') === 2 * lines.length && seen.sum('mood_queue_batches') === 0,
    50_000,
  )
  expect(samples.sum('mood_worker_restarts_total')).toBe(2 * 5)
  for (const source of ['one', 'other']) {
    expect(samples.sum('mood_source_posts_total', { source })).toBe(single.length + 100 * (pages.length + 5))
    expect(samples.sum('mood_posts_dropped_total', { source, reason: 'duplicate' })).toBe(ids / 2 + 500)
    for (const scorer of ['exits', 'endless'])
      expect(samples.sum('mood_posts_total', { source, scorer })).toBe(ids + 4 + 100 * pages.length)
  }
  const unknown = (scorer: string) => samples.sum('mood_posts_total', { scorer, sentiment: 'unknown' })
  expect({ exits: unknown('exits'), endless: unknown('endless') }).toEqual({ exits: 2 * 3, endless: 2 * 2 })
})
