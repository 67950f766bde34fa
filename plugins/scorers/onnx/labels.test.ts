import { expect, test } from 'vitest'
import { logitsScorer, meaningsOf, probabilities } from './labels.ts'

const meanings = (labels: string[], given: Record<string, string | number> = {}) =>
  meaningsOf(
    { path: 'config.json', id2label: Object.fromEntries(labels.entries()), multiLabel: false },
    given,
  )

const values = (labels: string[], given?: Record<string, string | number>) =>
  meanings(labels, given).map(({ value }) => value)

test.each([
  [
    ['negative', 'neutral', 'positive'],
    [-1, 0, 1],
  ],
  [
    ['POS', 'NEG', 'NEU'],
    [1, -1, 0],
  ],
  [
    ['Very Negative', 'Negative', 'Neutral', 'Positive', 'Very_Positive'],
    [-1, -0.5, 0, 0.5, 1],
  ],
  [
    ['1 star', '2 stars', '3 stars', '4 stars', '5 stars'],
    [-1, -0.5, 0, 0.5, 1],
  ],
  [
    ['긍정', '부정'],
    [1, -1],
  ],
])('%j are known by their spelling', (labels, expected) => {
  expect(values(labels)).toEqual(expected)
})

test('labels without a meaning get it from the options', () => {
  const labels = ['LABEL_0', 'LABEL_1', 'LABEL_2']
  expect(values(labels, { LABEL_0: 'negative', LABEL_1: 0.2, label_2: 'POS' })).toEqual([-1, 0.2, 1])
})

test('the options take precedence over the spelling', () => {
  expect(values(['positive', 'negative'], { positive: 0.5 })).toEqual([0.5, -1])
})

test('emotions are recognised by name, and neutral among them is not an emotion', () => {
  expect(meanings(['Anger', 'joy', 'neutral'])).toEqual([
    { emotion: 'anger' },
    { emotion: 'joy' },
    { value: 0 },
  ])
})

test('emotions may have values, under names of the model or of the options', () => {
  expect(
    meanings(['joy', 'LABEL_1', 'LABEL_2'], {
      joy: 0.8,
      LABEL_1: 'anger',
      anger: -0.8,
      LABEL_2: '불평/불만',
    }),
  ).toEqual([{ emotion: 'joy', value: 0.8 }, { emotion: 'anger', value: -0.8 }, { emotion: '불평_불만' }])
})

test('unknown labels are named, with what to write', () => {
  expect(() => meanings(['LABEL_0', 'positive', 'LABEL_2'])).toThrow(
    'config.json: what the labels "LABEL_0", "LABEL_2" mean is unknown; set it, as in labels: { LABEL_0: negative }',
  )
  expect(() => meanings(['constructor', 'positive'])).toThrow('"constructor"')
})

test('a configured label that the model does not have is an error', () => {
  expect(() => meanings(['negative', 'positive'], { LABLE_0: 'negative' })).toThrow(
    'labels: the model has no "LABLE_0"; its labels are "negative", "positive" (config.json)',
  )
})

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
