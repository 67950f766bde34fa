import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { makeDirectory } from './make-directory.ts'

let folder = ''
beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), 'mood-exporter-directory-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  folder = made
})

const modeOf = (path: string) => statSync(path).mode & 0o777

test('a directory is created with its parents, each with the mode', () => {
  makeDirectory(join(folder, 'a/b/c'), 0o700)
  expect(['a', 'a/b', 'a/b/c'].map(path => modeOf(join(folder, path)))).toEqual([0o700, 0o700, 0o700])
})

test('a directory that exists is left as it is, also behind a link', () => {
  const made = join(folder, 'a')
  mkdirSync(made, { mode: 0o750 })
  symlinkSync(made, join(folder, 'link'))
  makeDirectory(made, 0o700)
  makeDirectory(join(folder, 'link'), 0o700)
  expect(modeOf(made)).toBe(0o750)
})

test.for([
  ['a file', 'file', 'EEXIST'],
  ['a path below a file', 'file/a/b', 'ENOTDIR'],
  ['a link to nothing', 'link', 'EEXIST'],
])('%s is an error', ([, path = '', code]) => {
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'nothing'), join(folder, 'link'))
  expect(() => makeDirectory(join(folder, path))).toThrow(expect.objectContaining({ code }))
})

test
  .runIf(process.platform === 'linux')
  .for(['/proc/mood-exporter', '/proc/mood-exporter/a/b', '/proc/self/a'])(
  '%s is an error, and not a retry without end',
  path => {
    expect(() => makeDirectory(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  },
)
