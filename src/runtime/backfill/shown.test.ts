import { describe, expect, test } from 'vitest'
import { areShownTerms, isShownSlice } from './shown.ts'

const STEP = 60

/** Times of samples around 0. */
const SAMPLES = Array.from({ length: 81 }, (_, i) => (i - 40) * STEP)

describe('a slice of a window', () => {
  test.each([
    ['that slides with the samples', { size: 60, slide: 60, lateness: 0 }],
    ['that slides more often', { size: 60, slide: 10, lateness: 0 }],
    ['that is shorter than a step', { size: 10, slide: 5, lateness: 0 }],
    ['that is shorter than a step, and closes late', { size: 10, slide: 5, lateness: 20 }],
    ['that closes late', { size: 60, slide: 20, lateness: 20 }],
    ['that closes later than a step', { size: 40, slide: 20, lateness: 70 }],
    ['that slides less often', { size: 300, slide: 150, lateness: 5 }],
    ['that slides by no part of a step', { size: 63, slide: 7, lateness: 3 }],
  ])('%s is kept if a sample shows it, and only then', (_, shape) => {
    const window = { label: '', ...shape }
    const { size, slide, lateness } = window
    const isShown = (start: number) =>
      SAMPLES.some(at => {
        const end = Math.floor((at - lateness) / slide) * slide
        return start >= end - size && start < end
      })
    for (let start = -5 * slide * size; start <= 5 * slide * size; start += slide) {
      if (Math.abs(start) > 20 * STEP) continue
      expect(isShownSlice(window, start, STEP), `slice ${start}`).toBe(isShown(start))
    }
  })
})

describe('a slice of terms', () => {
  test.each([
    ['that slides with the samples', [{ size: 60, slide: 60 }], 60],
    ['that slides more often', [{ size: 60, slide: 10 }], 10],
    ['that is shorter than a step', [{ size: 10, slide: 5 }], 5],
    ['that slides less often', [{ size: 240, slide: 120 }], 60],
    [
      'of several windows',
      [
        { size: 10, slide: 5 },
        { size: 40, slide: 20 },
      ],
      5,
    ],
  ])('of a window %s is kept if a sample shows it, and only then', (_, shapes, width) => {
    const windows = shapes.map(shape => ({ label: '', ...shape }))
    const isShown = (start: number) =>
      SAMPLES.some(at =>
        windows.some(({ size, slide }) => start < at && Math.floor(start / slide) * slide > at - size),
      )
    for (let start = -20 * STEP; start <= 20 * STEP; start += width)
      expect(areShownTerms(windows, start, width, STEP), `slice ${start}`).toBe(isShown(start))
  })

  test('without windows is not kept', () => {
    expect(areShownTerms([], 0, STEP, STEP)).toBe(false)
  })
})
