import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import emotions from './index.ts'

const scorer = await testScorer(emotions)

/** The emotions of a post; none if the answer is null. */
async function of(text: string, made = scorer): Promise<readonly string[]> {
  const answer = await made.answer(text)
  return typeof answer === 'object' && answer !== null ? (answer.emotions ?? []) : []
}

test.each([
  ['so HAPPY today', ['joy']],
  ['I love this, but I am worried', ['love', 'fear']],
  ['this is disgusting', ['disgust']],
  ['they cried and cried', ['sadness']],
  ['he hates Mondays', ['anger']],
  ['wow. just wow', ['surprise']],
  ['#happy #sad', ['joy', 'sadness']],
  ['happyyyyy, I looove you', ['joy', 'love']],
  ['the table is brown', []],
])('%j shows %j', async (text, expected) => {
  expect(await of(text)).toEqual(expected)
})

test('a negated emotion does not count, until the clause ends', async () => {
  for (const text of ["I don't love it", 'not very happy', 'no fear!', 'NEVER been so sad', 'can’t be happy'])
    expect(await of(text), text).toEqual([])
  expect(await of('not bad, love it')).toEqual(['love'])
  expect(await of('no more of this nonsense please happy days')).toEqual(['joy'])
})

test('links, mentions and parts of words show nothing', async () => {
  expect(await of('https://example.com/love @happy www.joy.com clove unhappyish')).toEqual([])
})

test('there is never a score, and other languages are skipped', async () => {
  expect(await scorer.answer('so happy')).toEqual({ score: null, emotions: ['joy'] })
  expect(await scorer.answer('the table')).toBeNull()
  expect(await scorer.answer(post('so happy', { lang: 'de' }))).toBeNull()
  expect(await scorer.answer(post('so happy', { lang: 'en-GB' }))).toMatchObject({ emotions: ['joy'] })
})

test('declares all emotions that it can return', () => {
  expect(scorer.scorer.emotions).toEqual(['anger', 'disgust', 'fear', 'joy', 'love', 'sadness', 'surprise'])
})

test('configured words take precedence, also under new emotions', async () => {
  const own = await testScorer(emotions, { words: { hype: ['Stoked'], joy: ['sick'], fear: ['wow'] } })
  expect(own.scorer.emotions).toContain('hype')
  expect(await of('stoked! that was SICK', own)).toEqual(['hype', 'joy'])
  expect(await of('wow', own)).toEqual(['fear'])
})

test('an explanation names the words as written', () => {
  expect(scorer.scorer.explain?.(post('Happy, not sad; but WORRIED'))).toEqual([
    { text: 'Happy', weight: 0, why: 'joy' },
    { text: 'WORRIED', weight: 0, why: 'fear' },
  ])
})

test('rejects words that can never match', () => {
  const message = (words: Record<string, string[]>) => emotions.options.safeParse({ words }).error?.message
  expect(message({ joy: ['so happy'] })).toMatch(/one word/)
  expect(message({ 'joy!': ['yay'] })).toMatch(/expected an emotion/)
})

test('every hostile text gets a result', async () => {
  const nasty = [
    '',
    '\0',
    '\ud800',
    'a'.repeat(100_000),
    'love '.repeat(20_000),
    "n't".repeat(30_000),
    '@'.repeat(65_536),
    '…'.repeat(65_536),
    "a'".repeat(50_000),
  ]
  for (const text of nasty) expect((await of(text)).length).toBeLessThan(2)
})
