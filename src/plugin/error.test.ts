import { expect, test } from 'vitest'
import { PluginError } from './error.ts'

test("a plugin's error has its code, its message and its cause", () => {
  const cause = new Error('ENOENT')
  const error = new PluginError('ERR_EXCLAIM_WEIGHTS', 'weights: cannot be read', { cause })
  expect(error).toMatchObject({
    name: 'PluginError',
    code: 'ERR_EXCLAIM_WEIGHTS',
    message: 'weights: cannot be read',
    cause,
  })
})

test.each(['ERR_', 'ERR_lower', 'ERR_A B', `ERR_${'A'.repeat(61)}`])('%j is no code', code => {
  expect(() => new PluginError(code as never, 'x')).toThrow(TypeError)
})
