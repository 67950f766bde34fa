import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { MoodError } from '../../../catalogue/errors.ts'
import { compact } from './compaction.ts'
import { addEpoch } from './epochs.ts'
import { openDirectory } from './open.ts'
import {
  CONFIGURATION,
  closeDirectory,
  LiveModel,
  problemOf,
  random,
  temporaryDirectory,
} from './store-testing.ts'

const SEED = 11
const EPOCHS = 12

/** A directory as a crash leaves it, after a pass of the compaction and a part of another; or one that was closed. */
function directoryOf(how: 'crashed' | 'closed'): string {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  const dir = join(directory.path, 'state')
  const open = openDirectory(dir, CONFIGURATION)
  const model = new LiveModel(SEED)
  for (let i = 1; i <= EPOCHS; i++) {
    open.database.transaction(true, () => addEpoch(open.database, model.next()))
    if (i === 4) for (const _ of compact(open.database, CONFIGURATION, () => {}));
    if (i === 6) open.database.checkpoint()
    if (i === 9) {
      const pass = compact(open.database, CONFIGURATION, () => {})
      for (let step = 0; step < 6; step++) pass.next()
    }
  }
  open.marker.write(EPOCHS)
  const crashed = join(directory.path, 'crashed')
  cpSync(dir, crashed, { recursive: true })
  closeDirectory(open)
  return how === 'crashed' ? crashed : dir
}

/** Opens a copy of a directory that was damaged. Returns what it came to: `same`, `loss`, or the code of an error. */
function outcomeOf(dir: string, damage: (copy: string) => void): string {
  const copy = `${dir}-copy`
  rmSync(copy, { recursive: true, force: true })
  cpSync(dir, copy, { recursive: true })
  damage(copy)
  try {
    const problem = problemOf(copy, SEED, EPOCHS, EPOCHS)
    if (problem === null) return 'same'
  } catch (error) {
    if (!(error instanceof MoodError)) throw error
    expect(error.message).not.toContain('\n')
    expect(error.message).toContain(copy)
    return error.code
  }
  rmSync(copy, { recursive: true, force: true })
  cpSync(dir, copy, { recursive: true })
  damage(copy)
  expect(problemOf(copy, SEED, EPOCHS, EPOCHS, { mayLose: true })).toBeNull()
  return 'loss'
}

test.each([
  ['closed', 'state.db', 150],
  ['closed', 'committed', 20],
  ['crashed', 'state.db', 100],
  ['crashed', 'state.db-wal', 150],
  ['crashed', 'state.db-shm', 20],
] as const)(
  'changed bytes in a directory that was %s, in %s, are detected or harmless',
  (how, file, times) => {
    const dir = directoryOf(how)
    const n = random(5)
    const size = statSync(join(dir, file)).size
    const outcomes = new Map<string, number>()
    for (let i = 0; i < times; i++) {
      const at = n(size)
      const flip = 1 + n(255)
      const isRun = n(4) === 0
      const outcome = outcomeOf(dir, copy => {
        const bytes = readFileSync(join(copy, file))
        if (isRun) bytes.fill(flip, at, Math.min(size, at + 4096))
        else bytes[at] = (bytes[at] as number) ^ flip
        writeFileSync(join(copy, file), bytes)
      })
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    const allowed = ['same', 'loss', 'ERR_STATE_DAMAGED', 'ERR_STATE_VERSION']
    expect([...outcomes.keys()].filter(outcome => !allowed.includes(outcome))).toEqual([])
    if (file === 'state.db') expect(outcomes.get('ERR_STATE_DAMAGED')).toBeGreaterThan(10)
    if (file === 'state.db-wal') expect(outcomes.get('loss')).toBeGreaterThan(10)
  },
)

test.each([
  ['closed', 'state.db'],
  ['crashed', 'state.db'],
  ['crashed', 'state.db-wal'],
] as const)(
  'a directory that was %s and whose %s is cut short is refused, or its loss is named',
  (how, file) => {
    const dir = directoryOf(how)
    const size = statSync(join(dir, file)).size
    const n = random(6)
    const outcomes = new Set<string>()
    for (const at of [0, 1, 100, 4096, size - 1, ...Array.from({ length: 60 }, () => n(size))])
      outcomes.add(outcomeOf(dir, copy => truncateSync(join(copy, file), at)))
    // What is cut off may be in the log as well, or be left over in it.
    if (how === 'crashed') outcomes.delete('same')
    expect([...outcomes].sort()).toEqual(file === 'state.db-wal' ? ['loss'] : ['ERR_STATE_DAMAGED'])
  },
)

test('a missing log is reported as a loss', () => {
  const dir = directoryOf('crashed')
  rmSync(join(dir, 'state.db-wal'))
  const open = openDirectory(dir, CONFIGURATION)
  expect(open.losses).toEqual([expect.stringMatching(/^the state ends at epoch \d+; 12 was committed$/)])
  closeDirectory(open)
  expect(openDirectoryTwice(dir)).toEqual([])
})

/** The losses of another start: what was named once is not named again. */
function openDirectoryTwice(dir: string): string[] {
  const open = openDirectory(dir, CONFIGURATION)
  closeDirectory(open)
  return open.losses
}

test('a missing state.db is not mistaken for a new directory', () => {
  const dir = directoryOf('closed')
  rmSync(join(dir, 'state.db'))
  expect(() => openDirectory(dir, CONFIGURATION)).toThrow(
    expect.objectContaining({
      code: 'ERR_STATE_DAMAGED',
      message: expect.stringContaining('epoch 12 was committed'),
    }),
  )
})

test('VACUUM INTO of a running store makes a backup', () => {
  const dir = directoryOf('closed')
  const backup = `${dir}-backup`
  mkdirSync(backup)
  const open = openDirectory(dir, CONFIGURATION)
  change(dir, `VACUUM INTO '${join(backup, 'state.db')}'`)
  closeDirectory(open)
  expect(problemOf(backup, SEED, EPOCHS, EPOCHS)).toBeNull()
})

test('a copy of state.db alone is a backup', () => {
  const dir = directoryOf('closed')
  rmSync(join(dir, 'committed'))
  rmSync(join(dir, 'lock.db'))
  expect(problemOf(dir, SEED, EPOCHS, EPOCHS)).toBeNull()
})

test('an overwritten lock.db is recreated', () => {
  const dir = directoryOf('closed')
  writeFileSync(join(dir, 'lock.db'), 'no database'.repeat(1000))
  expect(problemOf(dir, SEED, EPOCHS, EPOCHS)).toBeNull()
})

const change = (dir: string, sql: string) => {
  const database = new DatabaseSync(join(dir, 'state.db'))
  database.exec(sql)
  database.close()
}

test.each([
  ['PRAGMA user_version = 2', 'ERR_STATE_VERSION', 'it has version 2'],
  ['PRAGMA application_id = 1', 'ERR_STATE_DAMAGED', 'another program'],
  ['DELETE FROM positions', 'ERR_STATE_DAMAGED', 'positions has 0 rows'],
  ["UPDATE positions SET value = '1'", 'ERR_STATE_DAMAGED', 'the row kafka'],
  ['DELETE FROM ledger', 'ERR_STATE_DAMAGED', '`ledger` is empty'],
  ['DROP TABLE terms', 'ERR_STATE_DAMAGED', 'terms'],
])('rejects a state that was edited by hand (%s)', (sql, code, what) => {
  const dir = directoryOf('closed')
  change(dir, sql)
  expect(() => problemOf(dir, SEED, EPOCHS, EPOCHS)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(what) }),
  )
})

test('a file, or a directory in which a file cannot be made, is refused', () => {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  const file = join(directory.path, 'file')
  writeFileSync(file, '')
  mkdirSync(join(directory.path, 'dir/state.db'), { recursive: true })
  for (const dir of [file, join(file, 'below'), join(directory.path, 'dir'), '/proc/state'])
    expect(() => openDirectory(dir, CONFIGURATION)).toThrow(
      expect.objectContaining({ code: 'ERR_STATE_UNWRITABLE', message: expect.stringContaining(dir) }),
    )
})

test.each(['state.db', 'state.db-wal', 'state.db-journal', 'lock.db', 'committed'])(
  'rejects a pipe in the place of %s at once',
  name => {
    const directory = temporaryDirectory()
    onTestFinished(() => directory[Symbol.dispose]())
    execFileSync('mkfifo', [join(directory.path, name)])
    expect(() => openDirectory(directory.path, CONFIGURATION)).toThrow(
      expect.objectContaining({
        code: 'ERR_STATE_UNWRITABLE',
        message: expect.stringContaining(`\`${name}\` in it is not a regular file`),
      }),
    )
  },
)

test('the directory and its files are readable only by their user', () => {
  const dir = directoryOf('crashed').replace(/crashed$/, 'state')
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const file of ['state.db', 'lock.db', 'committed'])
    expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600)
})
