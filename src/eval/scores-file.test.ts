import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readScores } from './scores-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-eval-scores-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileWith(content: string): Promise<string> {
  const file = join(folder, 'model.out.txt')
  await writeFile(file, content)
  return file
}

test('a line is a score, or none', async () => {
  const scores = await readScores(await fileWith('0.5\n\nnull\r\n-1\nNaN\n1e-3'))
  expect(Array.from({ length: scores.rows }, (_, row) => scores.at(row))).toEqual([
    0.5,
    null,
    null,
    -1,
    null,
    0.001,
  ])
  expect(scores.name).toBe('model')
})

test('scores are named by the option or by the first line', async () => {
  const file = await fileWith('tuned\n0.5\n0\n')
  expect(await readScores(file)).toMatchObject({ name: 'tuned', rows: 2 })
  expect(await readScores(`cv=${file}`)).toMatchObject({ name: 'cv', rows: 2 })
})

test('many scores are read', async () => {
  const scores = await readScores(
    await fileWith(Array.from({ length: 10_000 }, (_, i) => i / 10_000).join('\n')),
  )
  expect(scores.rows).toBe(10_000)
  expect(scores.at(9999)).toBe(0.9999)
})

test.each(['1.5', 'good', '0.1\t0.2'])('%j is no score, and the error names its line', async text => {
  await expect(readScores(await fileWith(`0.5\n${text}\n`))).rejects.toThrow(
    /:2: expected a score from -1 to 1, or null, got /,
  )
})
