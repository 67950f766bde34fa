import { expect, test } from 'vitest'
import { kafkaLibraries } from '../tools/stack/kafka-libraries.ts'
import { runTorture } from '../tools/torture/torture-testing.ts'

/** Two minutes in all. A run ends by itself; what comes on top is its start, and how long a busy machine takes. */
const MS = 600_000

test('while exporters and their broker are killed, each post of a topic is counted once', {
  timeout: MS,
}, async context => {
  await kafkaLibraries(context)
  const run = await runTorture(['--kafka', '--minutes', '1.4', '--seed', '1', '--exporters', '3'])
  expect(run.output).toContain('PASSED')
  expect(run.code).toBe(0)
  for (const what of ['counts lost', 'counts doubled', 'counters that went back', 'problems'])
    expect(run.row(what), what).toBe(0)
  expect(run.row('faults')).toBeGreaterThan(3)
  expect(run.row('checks of every count')).toBeGreaterThan(0)
  expect(run.row('posts sent')).toBeGreaterThan(500)
})

test('in a group, what is counted twice after a kill is what the exporters say', {
  timeout: MS,
}, async context => {
  await kafkaLibraries(context)
  const options = ['--minutes', '0.6', '--seed', '1', '--exporters', '2', '--faults', 'away,members,kill']
  const run = await runTorture(['--kafka', '--group', ...options])
  expect(run.output).toContain('PASSED')
  expect(run.code).toBe(0)
  for (const what of ['counts lost', 'counters that went back', 'problems'])
    expect(run.row(what), what).toBe(0)
  expect(run.row('records counted twice')).toBe(run.row('records counted twice, by metric'))
  expect(run.row('faults')).toBeGreaterThan(0)
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
