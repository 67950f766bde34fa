import { expect, test } from 'vitest'
import type { BackfillResult } from '../runtime/backfill/backfill.ts'
import { summary } from './backfill-summary.ts'

const HOUR = 3_600_000
const DAY = Date.UTC(2025, 2, 1)
const NOTHING: BackfillResult = {
  posts: 2,
  dropped: [],
  read: { first: DAY, last: DAY + HOUR },
  files: 0,
  bytes: 0,
  samples: null,
  span: 2 * HOUR,
  complete: true,
}

test('one post and one file are singular', () => {
  const result = { ...NOTHING, posts: 1, files: 1, bytes: 10, samples: { first: DAY, last: DAY + HOUR } }
  expect(summary(result, 'past', {})).toMatch(
    /^Read 1 post, written from 2025-03-01 to 2025-03-01\.\nWrote 1 file, 1 MB, to past\.\n\n/,
  )
})

const POSTS = 'the posts are from 2025-03-01T00:00:00.000Z to 2025-03-01T01:00:00.000Z'

test.each([
  ['--since', { since: DAY + 24 * HOUR }, `${POSTS}, before --since 2025-03-02T00:00:00.000Z`],
  [
    '--until',
    { since: DAY - 48 * HOUR, until: DAY - 24 * HOUR },
    `${POSTS}, not before --until 2025-02-28T00:00:00.000Z`,
  ],
  [
    'neither of them',
    { since: DAY - HOUR, until: DAY + 24 * HOUR },
    `${POSTS}, and Prometheus still writes to the last three hours`,
  ],
])('where no post is left by %s, it says so and when the posts are', (_, bounds, why) => {
  expect(summary(NOTHING, 'past', bounds).split('\n').at(-1)).toBe(`There is nothing to write: ${why}.`)
})

test('where no post was counted, it says so', () => {
  expect(summary({ ...NOTHING, posts: 0, read: null }, 'past', {})).toBe(
    'Read 0 posts.\nThere is nothing to write: no post was counted.',
  )
})
