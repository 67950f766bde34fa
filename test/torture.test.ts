import { env } from 'node:process'
import { expect, test } from 'vitest'
import { runTorture } from '../tools/torture/torture-testing.ts'

test('under torture nothing is lost, nothing counts twice and no counter goes back', {
  timeout: 420_000,
}, async () => {
  const run = await runTorture(['--minutes', '1', '--seed', '1'])
  expect(run.output).toContain('PASSED')
  expect(run.code).toBe(0)
  for (const what of [
    'counts lost',
    'counts doubled',
    'counters that went back',
    'damaged copies: damage unnoticed',
    'problems',
  ])
    expect(run.row(what), what).toBe(0)
  expect(run.row('faults')).toBeGreaterThan(2)
  expect(run.row('posts written')).toBeGreaterThan(1000)
  // Continuous integration has one.
  if (env.MOOD_REQUIRE_TOOLS === '1') expect(run.output).not.toContain('Skipped: a real Prometheus')
})

test('options that cannot be understood end it with one line and code 2', async () => {
  for (const [args, problem] of [
    [['--minutes', '0'], '--minutes: expected a number above 0, up to 1440, got "0"'],
    [['--seed', 'abc'], '--seed: expected a whole number up to 4294967295, got "abc"'],
    [['--faults', 'kill,fire'], '--faults: expected some of kill, start, commit, compaction, stop, restart'],
  ] as const) {
    const { code, output } = await runTorture(args)
    expect(output).toContain(problem)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  }
})
