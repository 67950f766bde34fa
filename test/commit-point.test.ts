/** What the sender of a request, a scrape and the next start see of a commit. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'

const MS = 50_000

test('nothing is shown or answered before it is on disk, and what was answered survives a kill', {
  timeout: 4 * MS,
}, async () => {
  const config = {
    languages: { detect: false },
    log: { format: 'json' },
    sources: [{ use: 'http', listen: '127.0.0.1:0' }],
    scorers: [{ use: 'afinn' }],
    extractors: [],
    state: { dir: './state', interval: '200ms' },
  }
  await using first = await startExporter(config)
  const { folder } = first
  const { url } = await first.logged(({ url }) => String(url).endsWith('/posts'), MS)
  expect((await first.samples()).sum('mood_state_restored')).toBe(0)

  // Commits fail while the directory is away.
  await rename(join(folder, 'state'), join(folder, 'away'))
  let isAnswered = false
  const answer = fetch(url as string, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'good' }),
  }).finally(() => {
    isAnswered = true
  })
  const failing = await first.until(seen => seen.sum('mood_state_commit_failures_total') > 1, MS)
  expect(failing.sum('mood_source_posts_total')).toBe(0)
  expect(isAnswered).toBe(false)

  await rename(join(folder, 'away'), join(folder, 'state'))
  expect(await (await answer).json()).toMatchObject({ accepted: 1 })
  expect((await first.samples()).sum('mood_source_posts_total')).toBe(1)

  await first.stop('SIGKILL')
  await using second = await startExporter(config, { folder })
  const restored = await second.samples()
  expect([restored.sum('mood_state_restored'), restored.sum('mood_source_posts_total')]).toEqual([1, 1])
})
