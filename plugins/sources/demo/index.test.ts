import { testSource } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import demo from './index.ts'

const START = '2026-01-01T00:00:00Z'

test('stops after `count` records, and the same seed and start give the same ones', async () => {
  const run = async () => {
    const { emitter, done } = await testSource(demo, { rate: 20_000, count: 1500, start: START })
    await done
    return emitter.texts
  }
  const texts = await run()
  expect(texts).toHaveLength(1500)
  expect(await run()).toEqual(texts)
})

test('is up and emits current posts at once', async () => {
  const before = Date.now()
  const { emitter, stop } = await testSource(demo, { rate: 20_000 })
  expect(emitter.ups).toBe(1)
  expect(emitter.records.length).toBeGreaterThan(900)
  const times = emitter.texts.flatMap(text => text.match(/"createdAt":(\d+)/)?.[1] ?? []).map(Number)
  expect(Math.max(...times)).toBeGreaterThan(before - 1000)
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now())
  await stop()
})

test('stops at once when aborted', async () => {
  const { emitter, stop } = await testSource(demo)
  await emitter.until(({ records }) => records.length > 30)
  await stop()
  const handedOver = emitter.records.length
  await new Promise(setImmediate)
  expect(emitter.records).toHaveLength(handedOver)
})

test('does not wait for room: posts that do not fit are dropped and counted', async () => {
  const { emitter, stop } = await testSource(demo, { rate: 10_000 })
  emitter.full = true
  await emitter.until(({ drops }) => drops.length > 1)
  emitter.full = false
  const { length } = emitter.records
  await emitter.until(({ records }) => records.length > length)
  await stop()
  expect(emitter.drops.every(({ reason }) => reason === 'overflow')).toBe(true)
})

test('continues after its position with ids that it has not used', async () => {
  const ids = (texts: string[]) => texts.flatMap(text => text.match(/^\{"id":"([^"]+)"/)?.[1] ?? [])
  const first = await testSource(demo, { rate: 10_000, count: 2000 })
  await first.done
  const position = first.emitter.positions.at(-1) ?? null
  expect(position).toBeTypeOf('number')
  const second = await testSource(demo, { rate: 10_000, count: 2000 }, { position })
  await second.done
  const used = new Set(ids(first.emitter.texts))
  expect(ids(second.emitter.texts).filter(id => used.has(id))).toEqual([])
})

test('rejects an incident that never ends, with the reason', async () => {
  await expect(testSource(demo, { incident_every: '1m', incident_length: '60s' })).rejects.toMatchObject({
    code: 'ERR_DEMO_INCIDENTS',
    message: 'incident_length: expected less than incident_every (60s), got 60s',
  })
})
