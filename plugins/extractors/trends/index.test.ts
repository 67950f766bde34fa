import { post, testExtractor } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import trends from './index.ts'

test('terms are those that the exporter found in the post', async () => {
  const { extract } = await testExtractor(trends)
  expect(extract(post('갤럭시는 첫눈', { trends: ['갤럭시', '첫눈'] }))).toEqual(['갤럭시', '첫눈'])
  expect(extract('갤럭시')).toEqual([])
})
