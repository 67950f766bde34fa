import { expect, test } from 'vitest'
import { withParticles } from './writer.ts'

test('a particle follows the final consonant of the syllable before it', () => {
  expect(withParticles('노바폰{은/는} 루멘커피{은/는}')).toBe('노바폰은 루멘커피는')
  expect(withParticles('달빛골목{이/가} 카메라{이/가} OST{이/가}')).toBe('달빛골목이 카메라가 OST가')
})

test('{으로/로} takes 로 after a vowel and after ㄹ', () => {
  expect(withParticles('노바폰{으로/로} 커피{으로/로} 마을{으로/로}')).toBe('노바폰으로 커피로 마을로')
})
