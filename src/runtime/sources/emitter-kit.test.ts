import { expect, test } from 'vitest'
import type { Emitter } from '../../plugin/source.ts'
import { TestEmitter } from '../../plugin/testing-emitter.ts'
import { made } from './emitter-testing.ts'

/** The message with which a call is refused; null if it is not. */
async function refusal(call: () => unknown): Promise<string | null> {
  try {
    await call()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

const long = 'x'.repeat(1001)

test.each<[string, (emitter: Emitter) => unknown]>([
  ['a lag', emitter => emitter.lag(3)],
  ['a lag that is no number', emitter => emitter.lag(Number.NaN)],
  ['a drop', emitter => emitter.drop('invalid', 2, 'x', { partition: 'p', position: 1 })],
  ['a drop for a reason of its own', emitter => emitter.drop('late' as never)],
  ['a negative number of drops', emitter => emitter.drop('invalid', -1)],
  ['a partition', emitter => emitter.write(['a'], { partition: 'p', position: { file: 'a' } })],
  ['a partition with too long a name', emitter => emitter.write(['a'], { partition: long })],
  ['a stream of a partition with too long a name', emitter => emitter.lines({ partition: long })],
  ['an offer to a partition that is no text', emitter => emitter.offer(['a'], { partition: 7 as never })],
  ['the end of a partition that is no text', emitter => emitter.close(7 as never)],
  ['a position that is a function', emitter => emitter.write([], { position: (() => 1) as never })],
  ['a position that is too long', emitter => emitter.write([], { position: 'x'.repeat(70_000) })],
])('the emitter of the test kit answers like the exporter’s: %s', async (_, call) => {
  const { emitter } = made()
  const closing = call.toString().includes('close') ? 'close' : ''
  const exporter = await refusal(() => (closing ? void call(emitter) : call(emitter)))
  expect(await refusal(() => call(new TestEmitter()))).toEqual(exporter)
})

test('records that are too long are dropped by both, and the others are not affected', async () => {
  const { emitter, drops, batches } = made({ maxRecordBytes: 4 })
  const kit = new TestEmitter(4)
  for (const each of [emitter, kit]) {
    await each.write(['a', 'long one', '둘'])
    each.offer(['long two', 'b'])
    void each.submit(['c', 'long three'])
  }
  emitter.flush()
  expect(kit.texts).toEqual(['a', '둘', 'b', 'c'])
  expect(batches().reduce((sum, { records }) => sum + records, 0)).toBe(4)
  expect(kit.drops.map(({ reason, records }) => [reason, records])).toEqual(Array(3).fill(['oversized', 1]))
  expect(drops().reduce((sum, { records }) => sum + records, 0)).toBe(3)
  expect(await kit.submit(['d', 'long four'])).toEqual({
    accepted: 1,
    rejected: [{ record: 1, reason: 'oversized', message: expect.any(String) }],
  })
})

test('what a source says is cut by both to the same length', () => {
  const { emitter, messages } = made()
  const kit = new TestEmitter()
  for (const each of [emitter, kit]) {
    each.down('x'.repeat(5000))
    each.refused('y'.repeat(5000))
  }
  const reasons = messages.map(message => ('reason' in message ? message.reason : ''))
  expect([...kit.downs, ...kit.refusedReasons]).toEqual(reasons)
})
