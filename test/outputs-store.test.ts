/** What an output keeps is durable once `set` has resolved, whatever becomes of the exporter. */
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'

const KEEPER = `
import { defineOutput, z } from 'mood-exporter/plugin'

export default defineOutput({
  name: 'keeper',
  description: 'Counts its starts.',
  takes: ['windows'],
  options: z.object({}),
  async create(_, { log, store }) {
    const starts = ((await store.get('starts')) ?? 0) + 1
    await store.set('starts', starts)
    log.info('created', { starts })
    return { write: async () => {} }
  },
})
`

const CONFIG = {
  sources: [{ use: 'demo' }],
  outputs: [{ use: './keeper.ts' }],
  log: { format: 'json' },
  state: { dir: 'state' },
}

test('what an output keeps survives a kill of the exporter', { timeout: 120_000 }, async () => {
  const files = { 'keeper.ts': KEEPER }
  await using first = await startExporter(CONFIG, { files })
  await first.logged(({ starts }) => starts === 1)
  await first.stop('SIGKILL')
  await using second = await startExporter(CONFIG, { files, folder: first.folder })
  expect(await second.logged(({ starts }) => typeof starts === 'number')).toMatchObject({ starts: 2 })
})
