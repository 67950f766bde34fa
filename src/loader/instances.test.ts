import { expect, test } from 'vitest'
import { createError } from '../catalogue/errors.ts'
import { PluginError } from '../plugin/index.ts'
import { make } from './instances.ts'

const failing = (error: unknown) =>
  make('scorer', 'exclaim', () => {
    throw error
  })

test("an error of a plugin's create says whose it is, and keeps its code", async () => {
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
  'whatever else it throws is ERR_PLUGIN_FAILED',
  async thrown => {
    await expect(failing(thrown)).rejects.toMatchObject({
      code: 'ERR_PLUGIN_FAILED',
      message: 'scorer exclaim could not be created: no luck',
    })
  },
)
