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

test('deltas add up by slice, and what is older than is kept is left out', () => {
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
