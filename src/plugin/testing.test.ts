import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineExtractor } from './extractor.ts'
import { defineFormat, InvalidRecord } from './format.ts'
import { defineScorer } from './scorer.ts'
import { post, testExtractor, testFormat, testScorer } from './testing.ts'

const remote = defineScorer({
  name: 'remote',
  description: 'Scores by the batch what the text says.',
  options: z.strictObject({ batch: z.int().default(2) }),
  metrics: {
    calls: { type: 'counter', help: 'Calls.', labels: ['size'] },
    last_posts: { type: 'gauge', help: 'Posts of the last call.' },
  },
  create: ({ batch }, { metrics, store, topics, log }) => ({
    batchSize: batch,
    emotions: ['joy'],
    async scoreBatch(posts) {
      metrics.calls.add(1, { size: `${posts.length}` })
      metrics.last_posts.set(posts.length)
      await store.set('last', posts.length)
      log.info('scored', { topics: topics.map(({ name }) => name) })
      return posts.map(({ text }): never | number => {
        if (text === 'boom') throw new Error('no connection')
        return text === 'joy' ? ({ score: 1, emotions: ['joy'] } as never) : Number(text)
      })
    },
    close: () => log.info('closed'),
  }),
})

test('a scorer is called in batches as the exporter calls it, with an outcome for each post', async () => {
  const { outcomes, metrics } = await testScorer(remote)
  expect(await outcomes(['0.5', '7', 'boom', '1', 'joy'])).toMatchObject([
    { score: 0.5 },
    { score: null, error: { reason: 'invalid_result' } },
    { score: null, error: { reason: 'threw', message: 'no connection' } },
    { score: null, error: { reason: 'threw', message: 'no connection' } },
    { score: 1, details: { emotions: ['joy'] } },
  ])
  expect(metrics.value('calls', { size: '2' })).toBe(2)
  expect(metrics.value('calls', { size: '1' })).toBe(1)
  expect(metrics.value('last_posts')).toBe(1)
})

test('score and answer throw errors that the exporter would count', async () => {
  const { score, answer } = await testScorer(remote)
  expect(await score('joy')).toBe(1)
  expect(await answer('joy')).toEqual({ score: 1, emotions: ['joy'] })
  expect(await answer(post('0.5'))).toBe(0.5)
  await expect(score('7')).rejects.toThrow('expected a number from -1 to 1 or null, got 7')
  await expect(answer('boom')).rejects.toThrow('no connection')
})

test('logs and stored values can be read, and topics and earlier values can be set', async () => {
  const first = await testScorer(remote, {}, { topics: [{ name: 'nova', any: ['nova'] }] })
  await first.score('0')
  expect(first.logged).toEqual([{ level: 'info', message: 'scored', fields: { topics: ['nova'] } }])
  await first.stop()
  expect(first.logged.at(-1)).toMatchObject({ message: 'closed' })
  const second = await testScorer(remote, {}, { store: first.store })
  expect(await second.store.get('last')).toBe(1)
})

test('options are validated, and a scorer with invalid declarations is rejected', async () => {
  await expect(testScorer(remote, { batch: 0.5 })).rejects.toThrow('batch')
  await expect(testScorer(remote, { batch: 0 })).rejects.toThrow('expected `batchSize` to be a whole number')
})

test('a limit that a scorer declares too high is lowered, as the log of the test says', async () => {
  const { logged, score } = await testScorer(remote, { batch: 1e9 })
  const message = '`batchSize` is 1000000000: 10000 is used, the most that is possible'
  expect(logged).toEqual([{ level: 'warn', message, fields: {} }])
  expect(await score('0.5')).toBe(0.5)
})

const words = defineExtractor({
  name: 'words',
  description: 'Words.',
  options: z.strictObject({}),
  create: () => ({
    *extract({ text }) {
      for (const word of text.split(' ')) {
        if (word === 'boom') throw new Error('no words')
        yield word === 'seven' ? (7 as never) : word
      }
    },
  }),
})

test('an extractor gives the terms that count: each once, cut, no more than the limit', async () => {
  const { extract, outcome } = await testExtractor(words)
  expect(extract(`a b a ${'x'.repeat(200)}`)).toEqual(['a', 'b', 'x'.repeat(100)])
  expect(extract('a b c d', 3)).toEqual(['a', 'b', 'c'])
  expect(outcome('a b c d', 3)).toEqual({ terms: ['a', 'b', 'c'], over: true })
  expect(outcome('a seven b')).toMatchObject({ terms: ['a', 'b'], error: { reason: 'invalid_result' } })
  expect(() => extract('a seven b')).toThrow('expected terms as text, got 7')
  expect(() => extract('a boom b')).toThrow('no words')
})

const lines = defineFormat({
  name: 'lines',
  description: 'What the record says to do.',
  options: z.strictObject({ binary: z.boolean().default(false) }),
  create: ({ binary }) => ({
    binary,
    decode(text, { bytes, receivedAt, header }) {
      if (text === 'invalid') throw new InvalidRecord('expected sense')
      if (text === 'boom') throw new RangeError('oops')
      if (text === 'none') return null
      if (text === 'seven') return 7 as never
      const one = { text: binary ? bytes.toString('hex') : text, createdAt: receivedAt, author: header }
      return text.startsWith('two') ? [one, one] : one
    },
  }),
})

test('a format decodes a record as in the exporter, and refuses as it does', async () => {
  const { decode, outcome } = await testFormat(lines)
  expect(decode('hi', { receivedAt: 5, header: 'h' })).toEqual({ text: 'hi', createdAt: 5, author: 'h' })
  expect(decode('two')).toMatchObject([{ text: 'two' }, { text: 'two' }])
  expect(decode('none')).toBeNull()
  expect(() => decode('invalid')).toThrow(new InvalidRecord('expected sense'))
  expect(() => decode('boom')).toThrow(RangeError)
  expect(() => decode('seven')).toThrow('expected a post, got number')
  expect(() => decode(Buffer.from([0xff]))).toThrow(new InvalidRecord('not valid UTF-8'))
  expect(outcome('hi')).toMatchObject({ posts: [{ text: 'hi' }] })
  expect(outcome('none')).toEqual({ posts: [], dropped: { reason: 'not_a_post', message: 'holds no post' } })
  expect(outcome(Buffer.from([0xff]))).toMatchObject({ dropped: { reason: 'encoding' } })
  expect(outcome('seven')).toMatchObject({ dropped: { reason: 'plugin' } })
})

test('a binary format is given bytes', async () => {
  const { decode } = await testFormat(lines, { binary: true })
  expect(decode(Buffer.from([0xff, 0x01]), { receivedAt: 5 })).toMatchObject({ text: 'ff01' })
})
