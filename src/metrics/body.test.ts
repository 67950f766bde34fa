import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Body, BodyPart } from './body.ts'

/** A text of this number of characters that does not compress well. */
function textOf(length: number): string {
  let text = ''
  for (let n = 0; text.length < length; n++) text += `mood_posts_total{topic="갤럭시 ${n}"} ${n * n}\n`
  return text.slice(0, length)
}

test.each([0, 1, 100, 65_535, 65_536, 200_000])(
  'a gzip file of two parts, the first of %i characters, holds both',
  async length => {
    const [first, rest] = [textOf(length), textOf(5000)]
    for (const [one, other] of [
      [first, rest],
      [rest, first],
    ] as const) {
      const body = new Body('text/plain', new BodyPart(one), other)
      expect(body.bytes.toString()).toBe(one + other)
      expect(gunzipSync(await body.gzip()).toString()).toBe(one + other)
    }
  },
)

test('a large body is compressed asynchronously', async () => {
  const [first, rest] = [textOf(2 ** 20 + 1), textOf(2 ** 20 + 1)]
  const body = new Body('text/plain', new BodyPart(first), rest)
  expect(gunzipSync(await body.gzip()).equals(body.bytes)).toBe(true)
})

test('a part is compressed once for all the bodies that it is part of, and a body once', async () => {
  const part = new BodyPart(textOf(10_000))
  const bodies = ['a\n', 'b\n'].map(rest => new Body('text/plain', part, rest))
  const [first, second] = await Promise.all(bodies.map(body => body.gzip()))
  expect(part.open()).toBe(part.open())
  expect(bodies[0]?.gzip()).toBe(bodies[0]?.gzip())
  const open = await part.open()
  for (const gzip of [first, second]) expect(gzip?.subarray(10, 10 + open.length).equals(open)).toBe(true)
})

test('a text that repeats itself is a fraction of its size', async () => {
  const text = textOf(100_000)
  expect((await Body.of('text/plain', text).gzip()).length).toBeLessThan(text.length / 3)
})
