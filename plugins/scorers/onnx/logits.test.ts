import { expect, test } from 'vitest'
import { logitsScorer, probabilities } from './logits.ts'

test('softmax is a distribution even for large logits', () => {
  expect(probabilities([0, Math.log(3)], false)).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)])
  expect(probabilities([-1000, 1000, 0], false)).toEqual([0, 1, 0])
  expect(probabilities([1e38, 1e38], false)).toEqual([0.5, 0.5])
})

test('a score is the mean of values, weighted by probability', () => {
  const { scoreLogits } = logitsScorer([{ value: -1 }, { value: 0 }, { value: 1 }], false, 0.5)
  expect(scoreLogits([0, 0, 0])).toBe(0)
  expect(scoreLogits([Math.log(2), 0, 0])).toBeCloseTo(-0.25)
  expect(scoreLogits([-50, -50, 50])).toBe(1)
})

test('invalid output of a model is an error, not neutral', () => {
  expect(logitsScorer([{ value: -1 }, { value: 1 }], false, 0.5).scoreLogits([Number.NaN, 1])).toBeNaN()
})

test('emotions without values have no score, and count from the threshold on', () => {
  const { emotions, scoreLogits } = logitsScorer(
    [{ emotion: 'joy' }, { emotion: 'fear' }, { value: 0 }],
    true,
    0.6,
  )
  expect(emotions).toEqual(['joy', 'fear'])
  expect(scoreLogits([2, 0.1, 5])).toEqual({ score: null, emotions: ['joy'] })
  expect(scoreLogits([-9, -9, 9])).toEqual({ score: null, emotions: [] })
})

test('emotions that apply at once share the score, which stays in range', () => {
  const { scoreLogits } = logitsScorer(
    [
      { emotion: 'joy', value: 1 },
      { emotion: 'love', value: 0.9 },
    ],
    true,
    0.5,
  )
  expect(scoreLogits([50, 50])).toEqual({ score: expect.closeTo(0.95), emotions: ['joy', 'love'] })
  expect(scoreLogits([0, -50])).toMatchObject({ score: expect.closeTo(0.5) })
})

test('two labels of the same emotion count once', () => {
  const { emotions, scoreLogits } = logitsScorer([{ emotion: 'joy' }, { emotion: 'joy' }], true, 0.5)
  expect(emotions).toEqual(['joy'])
  expect(scoreLogits([1, 1])).toEqual({ score: null, emotions: ['joy'] })
})
