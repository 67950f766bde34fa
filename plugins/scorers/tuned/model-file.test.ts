import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeModel, encodeModel, type ModelParts } from './model-file.ts'

const builtIn = decodeModel(readFileSync(join(import.meta.dirname, 'en.model')), 'en.model')

/** What is said of a file with a right checksum whose parts are not right. */
function rejection(changed: Record<string, unknown>, parts: Partial<ModelParts> = {}): string {
  const header = { ...builtIn.header, ...changed } as ModelParts['header']
  try {
    decodeModel(encodeModel({ ...builtIn, ...parts, header }), 'own.model')
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

test('a written file is read back unchanged', () => {
  const again = decodeModel(encodeModel(builtIn), 'again')
  expect(again.header).toEqual(builtIn.header)
  expect(Buffer.from(again.slots).equals(Buffer.from(builtIn.slots))).toBe(true)
  expect(again.between).toEqual(builtIn.between)
  expect(again.pooled?.hashes).toEqual(builtIn.pooled?.hashes)
  expect(rejection({})).toBe('none')
})

test.each([
  ['codes', { codes: undefined }],
  ['codes', { codes: builtIn.header.codes.map(() => 1) }],
  ['dense', { dense: [1] }],
  ['bias', { bias: [1] }],
  ['temperature', { temperature: undefined }],
  ['temperature', { temperature: 0 }],
  ['features.slots', { features: { ...builtIn.header.features, slots: 1000 } }],
  ['features.between', { features: { ...builtIn.header.features, between: 1000 } }],
  ['features.characters', { features: { ...builtIn.header.features, characters: undefined } }],
  [
    'features.characters',
    { features: { ...builtIn.header.features, characters: { scale: 1, shortest: 4, longest: 3 } } },
  ],
  ['pooled', { pooled: null }],
  ['pooled', { pooled: { words: 0, units: 4, weights: [] } }],
])('a header with wrong %s is rejected with its name', (name, changed) => {
  expect(rejection(changed)).toContain(`own.model: the header's ${name}`)
  expect(rejection(changed)).not.toContain('\n')
})

test('rejects a file whose size differs from its header', () => {
  expect(rejection({ words: 1 })).toBe('own.model: the model is of another shape than its header says')
})

test('rejects units that cannot be compared', () => {
  const { pooled } = builtIn
  if (pooled === undefined) throw new Error('the English model has units')
  const rows = Uint8Array.from(pooled.rows)
  rows[5] = 200
  expect(rejection({}, { pooled: { ...pooled, rows } })).toBe('own.model: the model has units beyond 127')
})
