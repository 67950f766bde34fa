import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { kafkaLibraries } from '../../stack/kafka-libraries.ts'
import { removeKept, runTorture } from '../torture-testing.ts'

const BREAKING = fileURLToPath(new URL('../reference/breaking.ts', import.meta.url))

/** A run ends by itself; this is how long it may take at most on a busy machine. */
const PATIENCE_MS = 480_000

test.for([
  ['keeps-state', '1', /counters went back/],
  ['owns-share', '3', /more is shown than was written/],
  ['keeps-state', '1', /counters went back/, '--group'],
] as const)(
  'a promise over Kafka that is broken is found: %s',
  {
    timeout: PATIENCE_MS,
  },
  async ([promise, exporters, found, ...group], context) => {
    await kafkaLibraries(context)
    const run = await runTorture(
      [
        ...['--kafka', ...group, '--exporter', BREAKING, '--exporters', exporters],
        ...['--minutes', '0.5', '--seed', '1', '--faults', 'restart'],
      ],
      { BREAKS: promise },
    )
    expect(run.output).toMatch(/^PROBLEM: /m)
    expect(run.output).toMatch(found)
    expect(run.output).toContain('FAILED')
    expect(run.code).toBe(1)
    removeKept(run)
  },
)
