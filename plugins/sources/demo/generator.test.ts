import { readFileSync } from 'node:fs'
import Sentiment from 'sentiment'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Generator, type Invented } from './generator.ts'
import { TICK_SECONDS } from './schedule.ts'
import { topics } from './topics.ts'

const OPTIONS = { seed: 1, rate: 300, incidentEvery: 300, incidentLength: 60 }
const EPOCH = Date.UTC(2026, 0, 1)

/** What is invented from one second of the stream to another. */
function stretch(from: number, to: number, options: Partial<typeof OPTIONS> = {}): Invented[] {
  const generator = new Generator({ ...OPTIONS, ...options })
  const ticks = Math.round((to - from) / TICK_SECONDS)
  return Array.from({ length: ticks }, (_, tick) => generator.tick(tick + from / TICK_SECONDS, EPOCH)).flat()
}

const post = ({ record }: Invented) => JSON.parse(String(record))
const hasText = (text: string, keyword: string) => text.toLowerCase().includes(keyword.toLowerCase())
const share = (of: Invented[], like: (one: Invented) => boolean) => of.filter(like).length / of.length

const usual = stretch(0, 120)

test('the same seed generates the same records, another seed others', () => {
  expect(stretch(0, 20)).toEqual(stretch(0, 20))
  const texts = (seed: number) => stretch(0, 20, { seed }).map(({ record }) => String(record))
  expect(texts(2)).not.toEqual(texts(1))
})

test('a stream that is resumed later continues with the same records', () => {
  const fresh = (records: Invented[]) => records.filter(({ kind }) => kind !== 'duplicate')
  const later = fresh(stretch(10, 20))
  expect(later.length).toBeGreaterThan(2900)
  expect(fresh(stretch(0, 20)).slice(-later.length)).toEqual(later)
})

test('every post is valid, with a unique id and a time in the past', () => {
  const posts = usual.filter(({ kind }) => kind === 'post' || kind === 'off_topic').map(post)
  expect(new Set(posts.map(({ id }) => id)).size).toBe(posts.length)
  for (const { text, createdAt, author, lang, url } of posts) {
    expect(text).toBeTypeOf('string')
    expect(text.length).toBeGreaterThan(5)
    expect(text).not.toMatch(/[{}]|undefined/)
    expect(Number.isInteger(createdAt)).toBe(true)
    expect(createdAt).toBeGreaterThan(EPOCH - 70_000)
    expect(createdAt).toBeLessThanOrEqual(EPOCH + 120_000)
    expect(author).toMatch(/^\w+$/)
    expect(['en', 'ko', undefined]).toContain(lang)
    if (url) expect(URL.canParse(url)).toBe(true)
  }
})

test('malformed records cannot be read as posts', () => {
  const records = usual.filter(({ kind }) => kind === 'malformed').map(({ record }) => record)
  expect(records.length).toBeGreaterThan(100)
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  for (const record of records) {
    expect(() => {
      const value = JSON.parse(typeof record === 'string' ? record : utf8.decode(record))
      if (typeof value.text !== 'string') throw new TypeError('no text')
    }).toThrow()
  }
})

test('a duplicate repeats a post, byte for byte', () => {
  const seen = new Set<unknown>()
  for (const { kind, record } of usual) {
    if (kind === 'duplicate') expect(seen).toContain(record)
    seen.add(record)
  }
})

test('records of each kind have their documented proportions', () => {
  expect(share(usual, ({ kind }) => kind === 'off_topic')).toBeCloseTo(0.03, 2)
  expect(share(usual, ({ kind }) => kind === 'malformed')).toBeCloseTo(0.005, 2.5)
  expect(share(usual, ({ kind }) => kind === 'duplicate')).toBeCloseTo(0.003, 2.5)
  const posts = usual.filter(({ kind }) => kind === 'post')
  for (const [number, topic] of topics.entries())
    expect(share(posts, one => one.topic === number)).toBeCloseTo(topic.share, 1.5)
  const korean = share(posts, one => /\p{Script=Hangul}/u.test(post(one).text))
  expect(korean).toBeGreaterThan(0.4)
  expect(korean).toBeLessThan(0.5)
  expect(share(posts, one => post(one).lang === undefined)).toBeCloseTo(0.3, 1.5)
})

test('posts are in order of event time, except for a few late ones', () => {
  const times = stretch(100, 200)
    .filter(({ kind }) => kind === 'post')
    .map(post)
  const late = times.filter(({ createdAt, id }) => {
    const due = EPOCH + Number.parseInt(id.split('-')[1], 36) * TICK_SECONDS * 1000
    return due - createdAt >= 5000
  })
  expect(late.length / times.length).toBeGreaterThan(0.0005)
  expect(late.length / times.length).toBeLessThan(0.005)
})

test('each post holds a keyword of its topic in example.yml, and of no other', () => {
  const example = parse(readFileSync(new URL('example.yml', import.meta.url), 'utf8'))
  expect(Object.keys(example.topics)).toEqual(topics.map(({ name }) => name))
  for (const one of usual.filter(({ kind }) => kind === 'post' || kind === 'off_topic')) {
    const { text } = post(one)
    const found = [...topics.keys()].filter(number =>
      example.topics[topics[number]?.name ?? ''].any.some((word: string) => hasText(text, word)),
    )
    expect(found).toEqual(one.topic === undefined ? [] : [one.topic])
  }
})

test('an incident turns its topic negative, makes more posts about it, and leaves the others as they are', () => {
  for (const from of [300, 600, 900]) {
    const before = stretch(from - 60, from)
    const during = stretch(from, from + 60)
    const struck = new Generator(OPTIONS).schedule.incidentAt(from)
    for (const number of topics.keys()) {
      const negative = (part: Invented[]) =>
        share(
          part.filter(({ topic }) => topic === number),
          ({ polarity }) => polarity === 'negative',
        )
      const more =
        share(during, ({ topic }) => topic === number) - share(before, ({ topic }) => topic === number)
      const rise = negative(during) - negative(before)
      if (number === struck) {
        expect(rise).toBeGreaterThan(0.2)
        expect(more).toBeGreaterThan(0.05)
      } else {
        expect(Math.abs(rise)).toBeLessThan(0.15)
        expect(more).toBeLessThan(0.02)
      }
    }
  }
})

test('there are no incidents before the first, between two, or if disabled', () => {
  const at = (seconds: number, incidentEvery = 300) =>
    new Generator({ ...OPTIONS, incidentEvery }).schedule.incidentAt(seconds)
  expect([0, 299.9, 360, 599.9].map(seconds => at(seconds))).toEqual(Array(4).fill(undefined))
  expect(at(300)).toBeTypeOf('number')
  expect(at(359.9)).toBe(at(300))
  expect(at(300, Infinity)).toBeUndefined()
})

test('a lexicon gives the English posts their intended sentiment', () => {
  const lexicon = new Sentiment()
  const english = usual.filter(one => one.polarity && !/\p{Script=Hangul}/u.test(post(one).text))
  const right = (polarity: string, sign: number) =>
    share(
      english.filter(one => one.polarity === polarity),
      one => Math.sign(lexicon.analyze(post(one).text).score) === sign,
    )
  expect(right('positive', 1)).toBeGreaterThan(0.95)
  expect(right('negative', -1)).toBeGreaterThan(0.95)
  expect(right('neutral', 0)).toBeGreaterThan(0.75)
})

test('over time the rate is as configured, plus incidents', () => {
  const { schedule } = new Generator({ ...OPTIONS, rate: 1234.5, incidentEvery: Infinity })
  const total = (seconds: number) => {
    let posts = 0
    for (let tick = 0; tick < seconds / TICK_SECONDS; tick++) posts += schedule.postsIn(tick)
    return posts
  }
  // Whole waves of the volume.
  expect(total(1200)).toBe(1234.5 * 1200)
  expect(total(30)).toBeGreaterThan(1234.5 * 30)
  expect(usual.length).toBeGreaterThan(300 * 120 * 0.95)
})
