import { post, testExtractor } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import emotes from './index.ts'

test('returns the emotes that the post includes', async () => {
  const { extract } = await testExtractor(emotes)
  expect(await extract(post('so good Kappa LUL', { emotes: ['Kappa', 'LUL', 'Kappa'] }))).toEqual([
    'Kappa',
    'LUL',
  ])
  expect(await extract('so good Kappa')).toEqual([])
})

test('additional names count as whole words', async () => {
  const { extract } = await testExtractor(emotes, { names: ['catJAM', 'Sadge'] })
  expect(await extract(post('catJAM  catjam notSadge\nSadge', { emotes: ['LUL'] }))).toEqual([
    'LUL',
    'catJAM',
    'Sadge',
  ])
})

test('rejects a name with spaces', () => {
  expect(emotes.options.safeParse({ names: ['two words'] }).success).toBe(false)
})
