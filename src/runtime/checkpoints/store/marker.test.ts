import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Marker, readMarker } from './marker.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mood-exporter-marker-'))
  file = join(folder, 'committed')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the last number that was written is read, in a file of the same length', () => {
  const marker = new Marker(file)
  for (const epoch of [1, 1_234_567, 42]) {
    marker.write(epoch)
    expect(readMarker(file)).toBe(epoch)
    expect(statSync(file).size).toBe(64)
  }
  marker.close()
  expect(() => marker.write(43)).toThrow('EBADF')
  expect(readMarker(file)).toBe(42)
})

test('a marker is readable by this user only', () => {
  new Marker(file).close()
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a marker that was opened again is overwritten', () => {
  const first = new Marker(file)
  first.write(1)
  first.close()
  const second = new Marker(file)
  expect(readMarker(file)).toBe(1)
  second.write(2)
  expect(readMarker(file)).toBe(2)
  second.close()
})

test('without a file, or with one that was not written, there is no number', () => {
  expect(readMarker(file)).toBeNull()
  new Marker(file).close()
  expect(readMarker(file)).toBeNull()
  writeFileSync(file, ' '.repeat(30))
  expect(readMarker(file)).toBeNull()
})

test.each(['[1, 2]', '[1]', '1', '[1.5, 0]', '["1", 2212294583]', '[1, 2212294583', 'x', 'null'])(
  'the text %s is damaged',
  text => {
    writeFileSync(file, text)
    expect(readMarker(file)).toBe('damaged')
  },
)
