import { testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import afinn from '../../plugins/scorers/afinn/index.ts'
import { TopicMatcher } from '../../src/pipeline/topics.ts'
import { LASTING, TOPICS, type Topic } from './config.ts'
import { RECORD_BYTES } from './contract.ts'
import { Random } from './random.ts'
import { type KnownRecord, type RecordFault, Records, SENTIMENTS, TEXTS, textOf } from './records.ts'

const NOW = 1_700_000_000_000

function draw(count: number, { seed = 1, duplicates = true, passing = [] as Topic[] } = {}): KnownRecord[] {
  const records = new Records('live', new Random(seed, 'records'), duplicates)
  return Array.from({ length: count }, () => records.next(new Set(passing), NOW))
}

const lineOf = ({ bytes }: KnownRecord) => bytes.toString('utf8').trimEnd()

test('a seed gives the same records again, another seed others', () => {
  const bytes = (seed: number) => Buffer.concat(draw(500, { seed }).map(record => record.bytes))
  expect(bytes(1).equals(bytes(1))).toBe(true)
  expect(bytes(1).equals(bytes(2))).toBe(false)
})

test('the order of records does not depend on which topics are configured', () => {
  const ids = (passing: Topic[]) => draw(2000, { passing }).map(({ posts }) => posts.map(({ id }) => id))
  expect(ids(['comet'])).toEqual(ids([]))
})

test('a sound record holds the posts that are known of it, and fits', () => {
  const sound = draw(5000).filter(({ fault }) => fault === null)
  expect(sound.some(({ posts }) => posts.length > 1)).toBe(true)
  expect(sound.some(({ posts }) => posts.length === 0)).toBe(true)
  for (const record of sound) {
    const parsed = [JSON.parse(lineOf(record))].flat() as { id: string }[]
    expect(parsed.map(({ id }) => id)).toEqual(record.posts.map(({ id }) => id))
    expect(Buffer.byteLength(lineOf(record))).toBeLessThanOrEqual(RECORD_BYTES)
  }
})

test('records are faulty in every way, and are so truly', () => {
  const faulty = Map.groupBy(
    draw(5000).filter(({ fault }) => fault !== null),
    ({ fault }) => fault as RecordFault,
  )
  expect([...faulty.keys()].sort()).toEqual(['encoding', 'invalid', 'oversized'])
  for (const record of faulty.get('oversized') ?? [])
    expect(Buffer.byteLength(lineOf(record))).toBeGreaterThan(RECORD_BYTES)
  for (const { bytes } of faulty.get('encoding') ?? []) expect(bytes.includes(0xff)).toBe(true)
  for (const { posts } of [...faulty.values()].flat()) expect(posts).toEqual([])
})

test('duplicates come where they are wanted, the same post each time', () => {
  const posts = draw(5000).flatMap(record => [record.posts, lineOf(record)] as const)
  const byId = new Map<string, string>()
  let duplicates = 0
  for (let i = 0; i < posts.length; i += 2) {
    const known = posts[i] as KnownRecord['posts']
    for (const post of known) {
      const described = JSON.stringify(post)
      if (byId.has(post.id)) duplicates++
      expect(byId.get(post.id) ?? described).toBe(described)
      byId.set(post.id, described)
    }
  }
  expect(duplicates).toBeGreaterThan(100)
  const ids = draw(5000, { duplicates: false }).flatMap(record => record.posts.map(({ id }) => id))
  expect(new Set(ids).size).toBe(ids.length)
})

test('posts are about passing topics only while these are allowed', () => {
  const topics = (passing: Topic[]) =>
    new Set(draw(3000, { passing }).flatMap(({ posts }) => posts.flatMap(post => post.topics)))
  expect(topics([])).toEqual(new Set(['galaxy', 'nova', 'saturn']))
  expect(topics(['quasar'])).toEqual(new Set(['galaxy', 'nova', 'saturn', 'quasar']))
})

test('a duplicate lies no further back than the expected counts remember, however long a run is', () => {
  const ordinals = new Map<string, number>()
  let furthest = 0
  for (const { posts } of draw(30_000))
    for (const { id } of posts) {
      furthest = Math.max(furthest, ordinals.size - (ordinals.get(id) ?? ordinals.size))
      if (!ordinals.has(id)) ordinals.set(id, ordinals.size)
    }
  expect(furthest).toBeGreaterThan(1900)
  expect(furthest).toBeLessThanOrEqual(2000)
})

const topics = Object.keys(TOPICS) as Topic[]
const matcher = new TopicMatcher(topics.map(name => ({ name, any: [...TOPICS[name]] })))
const { score } = await testScorer(afinn)

/** Where the exporter cuts scores, by default. */
function sentimentOf(value: number | null): string {
  if (value === null) return 'unknown'
  return value >= 0.05 ? 'positive' : value <= -0.05 ? 'negative' : 'neutral'
}

const about: Topic[][] = [[], ...topics.map(topic => [topic]), LASTING.slice(0, 2), ['comet', 'galaxy']]

test.each(SENTIMENTS)('the scorer and the topics find in a text what the model says: %s', async sentiment => {
  const random = new Random(7)
  for (const expected of about) {
    for (let i = 0; i < 40 * TEXTS[sentiment].length; i++) {
      const text = textOf(sentiment, expected, random)
      expect(sentimentOf(await score(text)), text).toBe(sentiment)
      const found = matcher.match(text).map(place => topics[place])
      expect(found.sort(), text).toEqual([...expected].sort())
    }
  }
})
