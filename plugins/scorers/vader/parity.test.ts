import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { labelledPosts } from '../../../tools/stack/labelled-posts.ts'
import * as lists from './lexicon-data.ts'
import { checksum, realPosts } from './testing-posts.ts'
import { Vader } from './vader.ts'

// What Python's vaderSentiment 3.3.2 says. plugins/scorers/vader/tools/fixtures.ts asks it and writes these files.
const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))

const vader = new Vader()

test('equals the reference on edge cases', () => {
  const lines = fixture('edge-cases.tsv').toString('utf8').trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(1500)
  const differing = lines.filter(line => {
    const [compound, text] = line.split('\t') as [string, string]
    return vader.compound(JSON.parse(text)) !== Number(compound)
  })
  expect(differing).toEqual([])
})

test('equals the reference on 20,000 real posts', context => {
  const posts = realPosts(file => labelledPosts(context, file))
  const bytes = gunzipSync(fixture('real-posts.gz'))
  const scored = checksum(posts)
  expect(scored, 'these posts are others than those that were scored').toEqual(
    bytes.subarray(0, scored.length),
  )
  const differing = posts.filter(
    (post, i) => vader.compound(post) !== bytes.readInt16LE(scored.length + 2 * i) / 10_000,
  )
  expect(posts).toHaveLength(20_000)
  expect(differing).toEqual([])
})

test('the lists equal those of the package', () => {
  const { WEIGHTS, EMOJI, BOOSTERS, IDIOMS, NEGATORS, LISTS_SHA256 } = lists
  const hash = createHash('sha256').update(WEIGHTS + EMOJI + BOOSTERS + IDIOMS + NEGATORS)
  expect(hash.digest('hex')).toBe(LISTS_SHA256)
})
