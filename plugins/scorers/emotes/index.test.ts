import { readFileSync } from 'node:fs'
import { testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import emotes from './index.ts'
import { WEIGHTS } from './table.ts'

test('the score of a post is the mean of its emotes', async () => {
  const { score } = await testScorer(emotes)
  expect(await score('PogChamp what a play PogChamp')).toBeCloseTo(0.8)
  expect(await score('FeelsBadMan\tgg')).toBeCloseTo(-0.6)
  expect(await score('PogChamp FeelsBadMan')).toBeCloseTo(0.1)
  expect(await score('pogchamp PogChamp! xPogChamp')).toBeNull()
  expect(await score('constructor __proto__')).toBeNull()
  expect(await score('Kappa')).toBe(0)
})

test('weights are added and changed', async () => {
  const { score } = await testScorer(emotes, { weights: { mine: 1, LUL: -1 } })
  expect(await score('mine')).toBe(1)
  expect(await score('LUL')).toBe(-1)
})

test('an explanation names the emotes', async () => {
  const { scorer } = await testScorer(emotes)
  const explain = 'explain' in scorer ? scorer.explain : undefined
  expect([...((await explain?.({ text: 'a LUL b', createdAt: 0 })) ?? [])]).toEqual([
    { text: 'LUL', weight: 0.4 },
  ])
})

test('the README shows the table', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| (-?[\d.]+) +\| (.*?) +\|$/gm)].flatMap(([, weight, names]) =>
    [...(names as string).matchAll(/`([^`]+)`/g)].map(([, name]) => [name, Number(weight)]),
  )
  expect(Object.fromEntries(rows)).toEqual(WEIGHTS)
  expect(Object.values(WEIGHTS).every(weight => Math.abs(weight) <= 1)).toBe(true)
})
