import { expect, test } from 'vitest'
import { MemoryStore } from './memory-store.ts'
import { sendParts } from './send-parts.ts'

test('a retry continues after the last part that was sent', async () => {
  const store = new MemoryStore()
  const sent: string[] = []
  const sendUntil = (failing: string) => async (part: string) => {
    if (part === failing) throw new Error('busy')
    sent.push(part)
  }
  await expect(sendParts(store, 'a', ['1', '2', '3'], sendUntil('3'))).rejects.toThrow('busy')
  expect(sent).toEqual(['1', '2'])
  await sendParts(store, 'a', ['1', '2', '3'], sendUntil(''))
  expect(sent).toEqual(['1', '2', '3'])
  await sendParts(store, 'b', ['1', '2'], sendUntil(''))
  expect(sent.slice(3)).toEqual(['1', '2'])
})

test('a single part needs no store', async () => {
  const store = new MemoryStore()
  await sendParts(store, 'a', ['1'], async () => {})
  expect(await store.keys()).toEqual([])
})
