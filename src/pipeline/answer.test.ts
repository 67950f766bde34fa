import { expect, test } from 'vitest'
import { readAnswer } from './answer.ts'

const EMOTIONS = { emotions: ['joy', 'anger'] }

test('a score may come with emotions that the scorer declares, and with how far others part', () => {
  const details = { score: 0.5, emotions: ['joy'], disagreement: 0.2 }
  expect(readAnswer(details, EMOTIONS)).toEqual({ score: 0.5, details })
  expect(readAnswer({ score: null }, {})).toEqual({ score: null, details: { score: null } })
  expect(readAnswer(-1, EMOTIONS)).toEqual({ score: -1 })
})

test.each([
  [{ score: 2 }, null, 'expected a number from -1 to 1 or null, got 2'],
  [{ emotions: ['joy'] }, null, 'expected a number from -1 to 1 or null, got object'],
  [{ score: 1, emotions: ['envy'] }, 1, 'expected emotions that the scorer declares, got "envy"'],
  [{ score: 1, emotions: 'joy' }, 1, 'expected a list of emotions, got string'],
  [{ score: 1, disagreement: 2 }, 1, 'expected a disagreement from 0 to 1, got 2'],
  [{ score: 1, disagreement: 'much' }, 1, 'expected a disagreement from 0 to 1, got string'],
])('of %j the score counts if it is one, and the rest is rubbish', (answer, score, rubbish) => {
  expect(readAnswer(answer, EMOTIONS)).toEqual({ score, rubbish })
})
