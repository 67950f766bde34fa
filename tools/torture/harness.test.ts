import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { whyNoMount } from './disk.ts'
import type { Promised } from './reference/promise.ts'
import { removeKept, runTorture } from './torture-testing.ts'

const REFERENCE = fileURLToPath(new URL('./reference/exporter.ts', import.meta.url))

/** A run ends by itself; this is how long it may take at most on a busy machine. */
const PATIENCE_MS = 300_000

const runReference = (faults: string, { minutes = 0.5, breaks = '' } = {}) =>
  runTorture(
    ['--exporter', REFERENCE, '--minutes', `${minutes}`, '--rate', '200', '--seed', '1', '--faults', faults],
    { BREAKS: breaks },
  )

test('an exporter that keeps its promises passes, whatever is done to it', {
  timeout: PATIENCE_MS,
}, async () => {
  const run = await runReference('kill,start,commit,compaction,stop,restart,reload,disk,damage')
  expect(run.output).toContain('PASSED')
  expect(run.code).toBe(0)
  expect(run.row('problems')).toBe(0)
  expect(run.row('records written')).toBeGreaterThan(4000)
  expect(run.row('faults')).toBeGreaterThan(3)
})

const BROKEN: [promise: Promised, faults: string, found: RegExp][] = [
  ['commits-position', 'kill,restart', /more is shown than was written/],
  ['position-waits', 'kill,restart', /counters went back|not what was written/],
  ['shows-committed', 'kill,restart', /counters went back/],
  [
    'keeps-ids',
    'kill,restart',
    /more is shown than was written: \d+ series, such as\n +mood_\w+\{source="live"/,
  ],
  // What unnoticed damage does depends on where it lies: a count is wrong, or the exposition is no exposition any more.
  ['notices-damage', 'damage', /damage unnoticed +[1-9][\s\S]*a copy of the state /],
  ['forgets-topics', 'reload,restart', /not what was written: .*such as\n.*topic="(comet|quasar)"/],
  ['survives-full-disk', 'disk', /the exporter ended by itself, with exit code 1/],
]

// Each waits for most of its time.
test.concurrent.for(BROKEN)(
  'a broken promise is found: %s',
  {
    timeout: PATIENCE_MS,
  },
  async ([promise, faults, found], context) => {
    const why = faults === 'disk' ? whyNoMount() : undefined
    if (why !== undefined) context.skip(`no small file system can be mounted: ${why}`)
    // Much of a state may be damaged in vain, and a run ends with what it finds.
    const run = await runReference(faults, { minutes: faults === 'damage' ? 2 : 0.5, breaks: promise })
    expect(run.output).toMatch(found)
    expect(run.output).toContain('FAILED')
    expect(run.code).toBe(1)
    removeKept(run)
  },
)
