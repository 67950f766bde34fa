import { expect, test } from 'vitest'
import { responseBytes } from './response-bytes.ts'

const tooLong = () => new Error('too long')

test('a body up to the limit is returned whole', async () => {
  expect((await responseBytes(new Response('héllo'), 6, tooLong)).toString()).toBe('héllo')
  expect(await responseBytes(new Response(null), 0, tooLong)).toHaveLength(0)
})

test('of a longer body the rest is not read', async () => {
  let pulled = 0
  const endless = new ReadableStream({ pull: controller => controller.enqueue(new Uint8Array(++pulled)) })
  await expect(responseBytes(new Response(endless), 20, tooLong)).rejects.toThrow('too long')
  expect(pulled).toBeLessThan(20)
})
