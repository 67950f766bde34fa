import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isInUse, lockDirectory, pathsOf, prepareDirectory, sizeOf } from './directory.ts'

let folder: string
let dir: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mood-exporter-directory-'))
  dir = join(folder, 'a', 'state')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The message and code with which a directory is refused. */
function refusal(path = dir) {
  try {
    prepareDirectory(path)
    return null
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { code, message }
  }
}

test('a directory is created with its files, for this user only', () => {
  prepareDirectory(dir)
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const file of Object.values(pathsOf(dir))) {
    expect(statSync(file).isFile()).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
})

test('the files of a directory that is used again are kept', () => {
  prepareDirectory(dir)
  writeFileSync(pathsOf(dir).database, 'something')
  prepareDirectory(dir)
  expect(sizeOf(pathsOf(dir).database)).toBe(9)
})

test('a file in place of the directory, or above it, is an error that says so', () => {
  writeFileSync(join(folder, 'a'), '')
  const expected = { code: 'ERR_STATE_UNWRITABLE', message: expect.stringContaining('it is not a directory') }
  expect(refusal()).toEqual(expected)
  expect(refusal(join(folder, 'a'))).toEqual(expected)
})

test.each([
  'state.db',
  'lock.db',
  'committed',
  'state.db-wal',
  'state.db-shm',
  'state.db-journal',
  'lock.db-journal',
])('a directory or a pipe named %s is an error that names it', name => {
  prepareDirectory(dir)
  rmSync(join(dir, name), { force: true })
  execFileSync('mkfifo', [join(dir, name)])
  const message = expect.stringContaining(`\`${name}\` in it is not a regular file`)
  expect(refusal()).toEqual({ code: 'ERR_STATE_UNWRITABLE', message })
  rmSync(join(dir, name))
  mkdirSync(join(dir, name))
  expect(refusal()?.code).toBe('ERR_STATE_UNWRITABLE')
})

test('a directory is locked until it is closed, also against this process', () => {
  prepareDirectory(dir)
  expect(isInUse(dir)).toBe(false)
  const lock = lockDirectory(dir)
  expect(isInUse(dir)).toBe(true)
  expect(() => lockDirectory(dir)).toThrow('locked')
  lock.close()
  expect(isInUse(dir)).toBe(false)
  lockDirectory(dir).close()
})

test('another process that has the directory open locks it', () => {
  prepareDirectory(dir)
  const lock = lockDirectory(dir)
  const script = `
    import { isInUse, lockDirectory } from ${JSON.stringify(new URL('./directory.ts', import.meta.url).href)}
    const dir = ${JSON.stringify(dir)}
    let refused = ''
    try { lockDirectory(dir) } catch (error) { refused = error.message }
    console.log(JSON.stringify([isInUse(dir), refused]))`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual([true, expect.stringContaining('locked')])
  lock.close()
})

test('a damaged lock is replaced, as it holds nothing', () => {
  prepareDirectory(dir)
  writeFileSync(pathsOf(dir).lock, 'no database '.repeat(500))
  const lock = lockDirectory(dir)
  expect(isInUse(dir)).toBe(true)
  lock.close()
})

test('a directory that is not there is not in use, and a file that is not there has no size', () => {
  expect(isInUse(dir)).toBe(false)
  expect(sizeOf(join(dir, 'none'))).toBe(0)
})
