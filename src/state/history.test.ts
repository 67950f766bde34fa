import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { History, moodKey } from './history.ts'
import { MoodCell } from './window-slices.ts'

const HOUR = 3_600_000
const SHAPE = { slice: HOUR, keep: 3 * HOUR }
const NOW = 100 * HOUR

/** A delta with a positive post of each topic at each of these hours. */
function posts(...at: [topic: string, hour: number][]): History {
  const delta = new History(SHAPE)
  for (const [topic, hour] of at) {
    const { moods } = delta.at(hour * HOUR + 1)
    const mood = new MoodCell()
    mood.add(0, 1)
    moods.set(moodKey(topic, 'en', 'afinn'), mood)
  }
  return delta
}

/** Posts by hour. */
const hours = (history: History) =>
  Array.from(history.between(0, Number.POSITIVE_INFINITY), ([start, { moods }]) => [
    start / HOUR,
    [...moods.values()].reduce((sum, { total }) => sum + total, 0),
  ])

test('deltas add up by slice, and older slices than kept are left out', () => {
  const history = new History(SHAPE)
  history.merge(posts(['a', 99], ['b', 98], ['a', 96]), NOW)
  history.merge(posts(['a', 99]), NOW)
  expect(hours(history)).toEqual([
    [99, 2],
    [98, 1],
  ])
  history.evict(NOW + 2 * HOUR)
  expect(hours(history)).toEqual([[99, 2]])
})

test('a period is from its first slice up to its last', () => {
  const history = new History(SHAPE)
  history.merge(posts(['a', 98], ['a', 99], ['a', 100]), NOW)
  expect([...history.between(98 * HOUR, 100 * HOUR)].map(([start]) => start / HOUR)).toEqual([98, 99])
})

test('it is complete from the first record on', () => {
  const history = new History(SHAPE)
  history.merge(posts(['a', 99]), NOW)
  history.merge(posts(['a', 99]), NOW + 5)
  expect(history.since).toBe(NOW)
})

test('an encoding holds all of it', () => {
  const history = new History(SHAPE)
  history.merge(posts(['a', 99]), NOW)
  const slice = history.at(NOW)
  slice.ran = 5000
  slice.down.add('tcp', 3000)
  slice.dropped.add(labelKey('tcp', 'invalid'), 2)
  const copy = new History(SHAPE)
  copy.decode(JSON.parse(JSON.stringify(history.encode())))
  expect(copy.encode()).toEqual(history.encode())
})

test('topics, scorers and sources that were removed are deleted', () => {
  const history = new History(SHAPE)
  history.merge(posts(['a', 99], ['b', 99]), NOW)
  history.at(NOW).down.add('tcp', 3000)
  history.at(NOW).dropped.add(labelKey('http', 'invalid'), 2)
  history.retain({ topics: new Set(['a']), scorers: new Set(['afinn']), sources: new Set(['http']) })
  const { slices } = history.encode()
  expect(
    slices.map(([start, moods, dropped, down]) => [start / HOUR, moods.length, dropped.length, down.length]),
  ).toEqual([
    [99, 1, 0, 0],
    [100, 0, 1, 0],
  ])
})

test('what was dropped, and how long sources were down and the exporter ran, adds up', () => {
  const history = new History(SHAPE)
  const delta = new History(SHAPE)
  const slice = delta.at(99 * HOUR)
  slice.ran = 5000
  slice.down.add('tcp', 3000)
  slice.dropped.add(labelKey('tcp', 'invalid'), 2)
  history.merge(delta, NOW)
  history.merge(delta, NOW)
  const merged = history.at(99 * HOUR)
  expect(merged.ran).toBe(10_000)
  expect(merged.down.get('tcp')).toBe(6000)
  expect(merged.dropped.get(labelKey('tcp', 'invalid'))).toBe(4)
})

test('a slice as old as is kept is merged, and stays until it is older', () => {
  const history = new History(SHAPE)
  history.merge(posts(['a', 97]), NOW)
  history.evict(NOW)
  expect(hours(history)).toEqual([[97, 1]])
  history.evict(NOW + 1)
  expect(history.size).toBe(0)
})

test('a delta that was reset begins at 0', () => {
  const delta = posts(['a', 99])
  expect(delta.size).toBe(1)
  delta.reset()
  expect(delta.size).toBe(0)
  expect(delta.at(99 * HOUR).moods.size).toBe(0)
  expect(delta.size).toBe(1)
})

test('without a record it is complete from no time on, also in a copy', () => {
  const copy = new History(SHAPE)
  copy.decode(JSON.parse(JSON.stringify(new History(SHAPE).encode())))
  expect(copy.since).toBe(Number.POSITIVE_INFINITY)
})

test('drops and outages of sources that stay are kept, and moods of a topic by a removed scorer are not', () => {
  const history = new History(SHAPE)
  const slice = history.at(99 * HOUR)
  slice.down.add('http', 1)
  slice.dropped.add(labelKey('http', 'invalid'), 1)
  for (const scorer of ['afinn', 'vader']) slice.moods.set(moodKey('a', 'en', scorer), new MoodCell())
  history.retain({ topics: new Set(['a']), scorers: new Set(['vader']), sources: new Set(['http']) })
  expect([...slice.moods.keys()]).toEqual([moodKey('a', 'en', 'vader')])
  expect([slice.down.get('http'), slice.dropped.get(labelKey('http', 'invalid'))]).toEqual([1, 1])
})
