import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readRegularFile } from './read-regular-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-regular-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a file is read whole', () => {
  writeFileSync(join(folder, 'a.pem'), 'key\n')
  expect(readRegularFile(join(folder, 'a.pem')).toString()).toBe('key\n')
})

test('a pipe, a device and a folder are rejected at once', () => {
  execFileSync('mkfifo', [join(folder, 'pipe')])
  for (const path of [join(folder, 'pipe'), '/dev/zero', folder])
    expect(() => readRegularFile(path)).toThrow(`${path} is not a regular file`)
  expect(() => readRegularFile(join(folder, 'absent'))).toThrow('ENOENT')
})
