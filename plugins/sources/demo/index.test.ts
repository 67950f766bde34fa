import { testSource } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import demo from './index.ts'

const START = '2026-01-01T00:00:00Z'

test('stops after `count` records, and the same seed and start give the same ones', async () => {
  const run = async () => {
    const { sink, done } = await testSource(demo, { rate: 20_000, count: 1500, start: START })
    await done
    return sink.texts
  }
  const texts = await run()
  expect(texts).toHaveLength(1500)
  expect(await run()).toEqual(texts)
})

test('is up, and hands over posts of the present, at once', async () => {
  const before = Date.now()
  const { sink, stop } = await testSource(demo, { rate: 20_000 })
  expect(sink.ups).toBe(1)
  expect(sink.records.length).toBeGreaterThan(900)
  const times = sink.texts.flatMap(text => text.match(/"createdAt":(\d+)/)?.[1] ?? []).map(Number)
  expect(Math.max(...times)).toBeGreaterThan(before - 1000)
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now())
  await stop()
})

test('stops at once when aborted', async () => {
  const { sink, stop } = await testSource(demo)
  await sink.until(({ records }) => records.length > 30)
  await stop()
  const handedOver = sink.records.length
  await new Promise(setImmediate)
  expect(sink.records).toHaveLength(handedOver)
})

test('does not wait for room: what does not fit is dropped and counted', async () => {
  const { sink, stop } = await testSource(demo, { rate: 10_000 })
  sink.full = true
  await sink.until(({ drops }) => drops.length > 1)
  sink.full = false
  const { length } = sink.records
  await sink.until(({ records }) => records.length > length)
  await stop()
  expect(sink.drops.every(({ reason }) => reason === 'overflow')).toBe(true)
})

test('goes on after its position with ids that it has not used', async () => {
  const ids = (texts: string[]) => texts.flatMap(text => text.match(/^\{"id":"([^"]+)"/)?.[1] ?? [])
  const first = await testSource(demo, { rate: 10_000, count: 2000 })
  await first.done
  const position = first.sink.positions.at(-1) ?? null
  expect(position).toBeTypeOf('number')
  const second = await testSource(demo, { rate: 10_000, count: 2000 }, { position })
  await second.done
  const used = new Set(ids(first.sink.texts))
  expect(ids(second.sink.texts).filter(id => used.has(id))).toEqual([])
})

test('says what is wrong with an incident that never ends', async () => {
  await expect(testSource(demo, { incident_every: '1m', incident_length: '60s' })).rejects.toThrow(
    'incident_length: expected less than incident_every (60s), got 60s',
  )
})
