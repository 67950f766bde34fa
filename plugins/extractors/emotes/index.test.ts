import { post, testExtractor } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import emotes from './index.ts'

test('emotes are those that come with the post', async () => {
  const { extract } = await testExtractor(emotes)
  expect(await extract(post('so good Kappa LUL', { emotes: ['Kappa', 'LUL', 'Kappa'] }))).toEqual([
    'Kappa',
    'LUL',
  ])
  expect(await extract('so good Kappa')).toEqual([])
})

test('further names count where they are words', async () => {
  const { extract } = await testExtractor(emotes, { names: ['catJAM', 'Sadge'] })
  expect(await extract(post('catJAM  catjam notSadge\nSadge', { emotes: ['LUL'] }))).toEqual([
    'LUL',
    'catJAM',
    'Sadge',
  ])
})

test('a name with spaces is refused', () => {
  expect(emotes.options.safeParse({ names: ['two words'] }).success).toBe(false)
})
