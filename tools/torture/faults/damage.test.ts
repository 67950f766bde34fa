import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSamples } from '../../stack/samples.ts'
import { ExpectedCounts } from '../expected-counts.ts'
import { Random } from '../random.ts'
import { checkCounts, checkFailedStart, damageOne } from './damage.ts'

const expected = new ExpectedCounts([])
for (let i = 0; i < 3; i++) expected.add('plain', { bytes: Buffer.alloc(0), posts: [], fault: 'invalid' })

const INFO = JSON.stringify({ level: 30, msg: 'state restored' })
const LOSS = JSON.stringify({ level: 40, msg: 'the state is damaged: starting from zero' })

function checked(records: number, restored: number, log: string[]): string {
  const text = `mood_source_records_total{source="plain"} ${records}
mood_posts_dropped_total{source="plain",reason="invalid"} ${records}
mood_state_restored ${restored}
`
  return checkCounts(parseSamples(text), expected, log).outcome
}

test('right counts are right, wrong ones need a loss that the log and a metric name', () => {
  expect(checked(3, 1, [INFO])).toBe('unaffected')
  expect(checked(2, 0, [INFO, LOSS])).toBe('repaired')
  expect(checked(3, 0, [LOSS])).toBe('repaired')
  expect(checked(2, 1, [INFO])).toBe('wrong')
  expect(checked(2, 1, [LOSS])).toBe('wrong')
  expect(checked(2, 0, [INFO])).toBe('wrong')
})

test('a record that counts twice is wrong, whatever is named', () => {
  expect(checked(4, 0, [LOSS])).toBe('wrong')
})

test('a failed start is one line that names the state, and an exit code', () => {
  const outcome = (code: number | null, log: string[]) =>
    checkFailedStart({ code, signal: code === null ? 'SIGSEGV' : null }, log).outcome
  const line = './state/state.db: the state is damaged: move it away'
  expect(outcome(1, [INFO, line])).toBe('refused')
  expect(outcome(1, ['(node:1) ExperimentalWarning: SQLite is an experimental feature', line])).toBe(
    'refused',
  )
  expect(outcome(0, [line])).toBe('wrong')
  expect(outcome(null, [line])).toBe('wrong')
  expect(outcome(1, [INFO])).toBe('wrong')
  expect(outcome(1, ['Error: database disk image is malformed', '    at open (state.ts:1)'])).toBe('wrong')
})

test('damage changes a file, every time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mood-damage-'))
  const path = join(folder, 'state.db')
  const before = Buffer.alloc(1000, 'state')
  const kinds = new Set<string>()
  for (let seed = 0; seed < 100; seed++) {
    writeFileSync(path, before)
    const what = await damageOne(folder, new Random(seed))
    kinds.add(what.replaceAll(/\d+/g, 'N'))
    expect(readFileSync(path).equals(before), what).toBe(false)
  }
  expect([...kinds].sort()).toEqual([
    'N bytes overwritten in state.db at byte N of N',
    'one bit of state.db at byte N of N',
    'state.db cut at byte N of N',
  ])
  rmSync(folder, { recursive: true })
})
