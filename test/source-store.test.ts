/** A source may use its store from the moment that it is created, and finds there what it kept before. */
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'

const KEEPER = `
import { once } from 'node:events'
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'keeper',
  description: 'Counts its starts.',
  options: z.object({}),
  async create(_, { log, store }) {
    const starts = ((await store.get('starts')) ?? 0) + 1
    await store.set('starts', starts)
    log.info('created', { starts })
    return {
      async run(emitter, signal) {
        emitter.up()
        await once(signal, 'abort')
      },
    }
  },
})
`

test.each([1, 0])(
  'what a source keeps while it is created survives a kill, with %i workers',
  async workers => {
    const config = {
      workers,
      sources: [{ use: './keeper.ts' }],
      log: { format: 'json' },
      state: { dir: 'state' },
    }
    const files = { 'keeper.ts': KEEPER }
    await using first = await startExporter(config, { files })
    await first.logged(({ starts }) => starts === 1, 50_000)
    await first.stop('SIGKILL')
    await using second = await startExporter(config, { files, folder: first.folder })
    expect(await second.logged(({ starts }) => typeof starts === 'number', 50_000)).toMatchObject({
      starts: 2,
    })
  },
)
