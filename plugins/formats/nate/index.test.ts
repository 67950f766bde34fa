import { readFileSync } from 'node:fs'
import { textStream } from 'mood-exporter/plugin'
import { expect, test } from 'vitest'
import { rankingsOf } from '../ranking/testing.ts'
import format from './index.ts'

/** The answer as the source hands it over. */
async function decoded(): Promise<string> {
  const bytes = readFileSync(new URL('./fixtures/keywords.euc-kr', import.meta.url))
  async function* whole() {
    yield bytes
  }
  const chunks: Buffer[] = []
  for await (const chunk of textStream(whole(), { encoding: 'euc-kr' })) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('reads the list, with the time of its arrival', async () => {
  const { outcome, list } = await rankingsOf(format)
  const record = await decoded()
  expect(list(record)).toBe('1 수능 만점자, 2 갤럭시 S26, 3 첫눈, 4 김장 배추값')
  expect(outcome(record, { receivedAt: 5 }).rankings[0]?.at).toBe(5)
})

test('an array of arrays is one record', async () => {
  const { format: made } = await rankingsOf(format)
  expect(made.framing).toEqual({ kind: 'whole' })
})

test.each([
  ['{}', 'record: expected an array, got an object'],
  ['[]', 'record: expected terms, got an empty list'],
  ['[{"rank":1}]', '[0]: expected an array, got an object'],
  ['[["first","a"]]', '[0][0]: expected a whole number from 1, got "first"'],
  ['[[1,""]]', '[0][1]: expected a term, got ""'],
])('a response of another structure is invalid: %s', async (record, message) => {
  const { list } = await rankingsOf(format)
  expect(list(record)).toBe(`invalid: ${message}`)
})
