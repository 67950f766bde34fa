import { expect, test } from 'vitest'
import { runTorture } from '../tools/torture/torture-testing.ts'
import { kafkaLibraries } from './support/kafka-libraries.ts'

test('while exporters and their broker are killed, each post of a topic is counted once', {
  timeout: 600_000,
}, async context => {
  await kafkaLibraries(context)
  const run = await runTorture(['--kafka', '--minutes', '0.6', '--seed', '1', '--exporters', '2'])
  expect(run.output).toContain('PASSED')
  expect(run.code).toBe(0)
  for (const what of ['counts lost', 'counts doubled', 'counters that went back', 'problems'])
    expect(run.row(what), what).toBe(0)
  expect(run.row('faults')).toBeGreaterThan(0)
  expect(run.row('checks of every count')).toBeGreaterThan(0)
  expect(run.row('posts sent')).toBeGreaterThan(500)
})

test('how many exporters there are is said only with --kafka, and within bounds', async () => {
  for (const [args, problem] of [
    [['--exporters', '2'], '--exporters: only with --kafka'],
    [['--group'], '--group: only with --kafka'],
    [['--kafka', '--faults', 'freeze'], 'members, broker-kill, broker-stop, broker-restart, got "freeze"'],
    [['--kafka', '--exporters', '4'], '--exporters: expected a whole number from 1 to 3, got "4"'],
    [
      ['--kafka', '--faults', 'reload'],
      '--faults: expected some of kill, start, commit, stop, restart, roll',
    ],
  ] as const) {
    const { code, output } = await runTorture(args)
    expect(output).toContain(problem)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  }
})
