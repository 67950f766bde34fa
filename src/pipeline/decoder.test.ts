import { expect, test } from 'vitest'
import { type Format, InvalidRecord } from '../plugin/format.ts'
import type { Post } from '../plugin/post.ts'
import { Decoder } from './decoder.ts'
import type { Job } from './job.ts'
import { testCallGuard, testJob } from './pipeline-testing.ts'

const createdAt = 5

/** Decodes the first record of a job; answers the posts, the reason why there are none, and the failures. */
function decoded(format: Format | Format['decode'], job: Job) {
  const { guard, activity, failures } = testCallGuard('format', 'fmt')
  const drops: [reason: string, message: string][] = []
  const whole = typeof format === 'function' ? { decode: format } : format
  const decoder = new Decoder(whole, guard, (_job, _record, ...drop) => drops.push(drop))
  const posts = decoder.decode(job, 0)
  expect(activity.read().calls % 2, 'no call is under way any more').toBe(0)
  return { posts, drops, failures }
}

test('a record becomes the posts that the format finds in it', () => {
  const one = decoded(text => ({ text, createdAt }), testJob(['hello 둘']))
  expect(one).toEqual({ posts: [{ text: 'hello 둘', createdAt }], drops: [], failures: [] })
  const two = decoded(text => [...text].map(char => ({ text: char, createdAt })), testJob(['ab']))
  expect(two.posts.map(({ text }) => text)).toEqual(['a', 'b'])
})

test('a format is given the time at which the record came, its bytes, its file and the header of its stream', () => {
  const seen: unknown[] = []
  const format: Format = {
    header: true,
    binary: true,
    decode: (text, { receivedAt, bytes, header, path }) => {
      seen.push(text, receivedAt, bytes.toString('latin1'), header, path)
      return null
    },
  }
  decoded(format, testJob([Buffer.from([0xff, 0x41])], { header: 'id,text', path: 'a.csv' }))
  expect(seen).toEqual(['', 1_000_000, '\u00ffA', 'id,text', 'a.csv'])
})

test('a record that is not UTF-8 is dropped, unless the format is binary', () => {
  const echo = (text: string): Post => ({ text, createdAt })
  const { posts, drops } = decoded(echo, testJob([Buffer.from([0x61, 0xff])]))
  expect({ posts, drops }).toEqual({ posts: [], drops: [['encoding', 'not valid UTF-8']] })
  // The replacement character may also be part of the text itself.
  expect(decoded(echo, testJob(['\ufffd'])).posts).toEqual([{ text: '\ufffd', createdAt }])
})

test('a record that the format cannot read is invalid, and not a failure of the format', () => {
  const { drops, failures } = decoded(
    () => {
      throw new InvalidRecord('expected sense')
    },
    testJob(['x']),
  )
  expect(drops).toEqual([['invalid', 'expected sense']])
  expect(failures).toEqual([])
})

test('a valid record may hold no post; its sender gets no rejection', () => {
  for (const none of [null, []]) {
    const job = testJob(['x'], { rejections: [] })
    expect(decoded(() => none, job).drops).toEqual([['not_a_post', 'holds no post']])
    expect(job.rejections).toEqual([])
  }
})

test.each<[what: string, decode: () => unknown, reason: string]>([
  [
    'throws',
    () => {
      throw new Error('no')
    },
    'threw',
  ],
  [
    'throws what is not printable',
    () => {
      throw Object.create(null)
    },
    'threw',
  ],
  ['answers no post', () => 7, 'invalid_result'],
  ['answers nothing', () => undefined, 'invalid_result'],
  ['answers a promise', () => Promise.resolve({ text: 'x', createdAt }), 'invalid_result'],
  ['answers posts of which one is none', () => [{ text: 'x', createdAt }, { text: 'x' }], 'invalid_result'],
  ['answers a sparse array', () => new Array(2), 'invalid_result'],
  [
    'answers what cannot be looked at',
    () => ({
      get text() {
        throw new Error('no')
      },
    }),
    'threw',
  ],
])('a format that %s fails on the record, as a failure of the plugin', (_what, decode, reason) => {
  const job = testJob(['x'], { rejections: [] })
  const { posts, drops, failures } = decoded(decode as Format['decode'], job)
  expect(posts).toEqual([])
  expect(drops.map(([dropped]) => dropped)).toEqual(['plugin'])
  expect(failures.map(([failed]) => failed)).toEqual([reason])
  expect(job.rejections).toMatchObject([{ record: 0, reason: 'plugin' }])
})

test('a record that ended a worker is not decoded again', () => {
  const skips = [{ plugin: 0, record: 0, lastRecord: 0, post: 0, reason: 'timeout' as const }]
  const { drops, failures } = decoded(() => expect.unreachable(), testJob(['x'], { skips }))
  expect(drops.map(([reason]) => reason)).toEqual(['plugin'])
  expect(failures.map(([reason]) => reason)).toEqual(['timeout'])
})

test('posts created by a source bypass the format, but are validated', () => {
  const post = { id: '1', text: 'lone \ud800', createdAt }
  const job = (value: unknown) => testJob([JSON.stringify(value)], { posts: true })
  expect(decoded(() => expect.unreachable(), job(post)).posts).toEqual([post])
  expect(decoded(() => expect.unreachable(), job({ text: 7 })).drops[0]?.[0]).toBe('plugin')
})

test('without a time of its transport a record came when its batch did, and without a header it has none', () => {
  const seen: unknown[] = []
  const format: Format = {
    decode: (text, { receivedAt, header, path, envelope }) => {
      seen.push(text, receivedAt, header, path, envelope)
      return null
    },
  }
  decoded(format, testJob(['x']))
  expect(seen).toEqual(['x', 1_000_000, '', undefined, undefined])
})

test('what the format did is in the failure, and what became of the record in the drop', () => {
  const throws = () => {
    throw new Error('no')
  }
  const job = testJob(['some record'], { rejections: [] })
  const { drops, failures } = decoded(throws, job)
  expect(drops).toEqual([['plugin', 'format fmt failed on it']])
  expect(failures).toEqual([['threw', 'no']])
  expect(job.rejections).toEqual([{ record: 0, reason: 'plugin', message: 'format fmt failed on it' }])
})

test('a failure has the text of its record', () => {
  const { guard } = testCallGuard('format', 'fmt')
  const excerpts: string[] = []
  guard.failed = (_failure, excerpt) => excerpts.push(excerpt())
  const throws = () => {
    throw new Error('no')
  }
  new Decoder({ decode: throws }, guard, () => {}).decode(testJob(['first', 'second']), 1)
  expect(excerpts).toEqual(['second'])
})

test('posts of a source itself that ended a worker, or are no UTF-8, are dropped', () => {
  const skips = [{ plugin: 0, record: 0, lastRecord: 0, post: 0, reason: 'crash' as const }]
  const unreachable = () => expect.unreachable()
  const text = JSON.stringify({ text: 'x', createdAt })
  expect(decoded(unreachable, testJob([text], { posts: true, skips })).drops).toEqual([
    ['plugin', 'format fmt failed on it'],
  ])
  expect(decoded(unreachable, testJob([Buffer.from([0xff])], { posts: true })).drops).toEqual([
    ['encoding', 'not valid UTF-8'],
  ])
})
