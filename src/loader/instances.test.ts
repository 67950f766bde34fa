import { expect, test } from 'vitest'
import { createError } from '../catalogue/errors.ts'
import { PluginError } from '../plugin/index.ts'
import { MemoryStore } from '../plugin/memory-store.ts'
import { formatContext, make } from './instances.ts'

const failing = (error: unknown) =>
  make('scorer', 'exclaim', '/', () => {
    throw error
  })

test('an error of create names its plugin, and keeps its code', async () => {
  await expect(
    failing(new PluginError('ERR_EXCLAIM_WEIGHTS', 'weights: there is no file')),
  ).rejects.toMatchObject({
    code: 'ERR_EXCLAIM_WEIGHTS',
    message: 'scorer exclaim could not be created: weights: there is no file',
  })
  await expect(
    failing(createError('ERR_PLUGIN_NOT_FOUND', { kind: 'scorer', use: 'x', more: '' })),
  ).rejects.toMatchObject({ code: 'ERR_PLUGIN_NOT_FOUND' })
})

test.each([new Error('no luck'), Object.assign(new Error('no luck'), { code: 'ENOENT' }), 'no luck'])(
  'any other error of create is ERR_PLUGIN_FAILED',
  async thrown => {
    await expect(failing(thrown)).rejects.toMatchObject({
      code: 'ERR_PLUGIN_FAILED',
      message: 'scorer exclaim could not be created: no luck',
    })
  },
)

test('a format can create other formats, by their configuration', async () => {
  const parts = {
    log: { write: () => {} },
    signal: new AbortController().signal,
    baseDir: '/',
    topics: [],
    own: () => ({ metrics: {}, store: new MemoryStore() }),
  }
  const { format } = formatContext('outer', parts, { name: 'outer' })
  const record = { bytes: Buffer.from(''), receivedAt: 7 }
  expect((await format('text')).decode('hi', record)).toMatchObject({ text: 'hi', createdAt: 7 })
  const csv = await format({ use: 'csv', columns: ['id', 'text'] })
  expect(csv.decode('1,hi', record)).toMatchObject({ id: '1', text: 'hi' })
  await expect(format('nonesuch')).rejects.toMatchObject({ code: 'ERR_PLUGIN_UNLOADABLE' })
  await expect(format({ use: 'csv', colums: [] })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' })
})
