import { expect, test } from 'vitest'
import { MoodCell, sliceStart, WindowSlices } from './window-slices.ts'

test('a merge adds the posts and the scores of each topic and scorer', () => {
  const [a, b] = [new WindowSlices(1000), new WindowSlices(1000)]
  a.at(100).mood('x').add(0, 0.5)
  a.at(100).mood('x').add(2, -1)
  b.at(900).mood('x').add(0, 0.25)
  b.at(900).mood('x').add(3, 0)
  b.at(900).mood('y').add(1, 0.125)
  b.at(900).sources.add('src', 3)
  a.at(0).merge(b.at(0))
  expect(a.get(0)?.moods.get('x')).toMatchObject({ posts: [2, 0, 1, 1], score: -0.25, total: 4 })
  expect(a.get(0)?.moods.get('x')?.mean).toBeCloseTo(-0.25 / 3)
  expect(a.get(0)?.moods.get('y')).toMatchObject({ posts: [0, 1, 0, 0], score: 0.125 })
  expect(a.get(0)?.sources.get('src')).toBe(3)
  // What was merged is left as it was.
  expect(b.get(0)?.moods.get('x')).toMatchObject({ posts: [1, 0, 0, 1], score: 0.25 })
})

test('the mean is that of the posts that have a score, and null where there are none', () => {
  const cell = new MoodCell()
  expect(cell.mean).toBeNull()
  cell.add(3, 0)
  expect(cell.mean).toBeNull()
  cell.add(0, 0.5)
  expect([cell.mean, cell.total]).toEqual([0.5, 2])
})

test('slices begin at multiples of their length, before 1970 too', () => {
  expect([0, 999, 1000, -1].map(at => sliceStart(at, 1000))).toEqual([0, 0, 1000, -1000])
})

test('a slice that was deleted is a new one when it is asked for again', () => {
  const slices = new WindowSlices(1000)
  slices.at(100).mood('x').add(0, 1)
  slices.delete(0)
  expect(slices.at(100).moods.size).toBe(0)
  slices.at(100).mood('x').add(0, 1)
  slices.reset()
  expect([slices.size, slices.at(100).moods.size]).toEqual([0, 0])
})
