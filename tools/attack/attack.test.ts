import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type AttackClass, attack, rowsOf } from './attack.ts'

const quiet = { seed: 1, say: () => {} }

test('a rejected attempt is lost, and the other attempts are still made', async () => {
  const classes: AttackClass[] = [
    {
      title: 'some',
      async run({ attempt }) {
        await attempt('bad', () => Promise.reject(new Error('it fell over')), 3)
        await attempt('good', async () => {}, 2)
      },
    },
    { title: 'broken', run: () => Promise.reject(new Error('no such file')) },
    { title: 'slow', long: true, run: async () => {} },
    { title: 'absent', impossible: () => 'no such tool', run: async () => {} },
  ]
  const tallies = await attack(classes, { ...quiet, short: true })
  expect(tallies.map(({ tried, survived, lost }) => [tried, survived, lost])).toEqual([
    [5, 2, ['bad: it fell over']],
    [1, 0, ['it could not be tried: no such file']],
    [0, 0, []],
    [0, 0, []],
  ])
  expect(rowsOf(tallies)).toEqual([
    ['some', '5', '2', '3'],
    ['broken', '1', '0', '1'],
    ['slow', '–', '–', 'left out: long form only'],
    ['absent', '–', '–', 'left out: no such tool'],
    ['all', '6', '2', '4'],
  ])
})

test('a seed determines what is tried', async () => {
  const drawn = async (seed: number) => {
    let number = 0
    const run: AttackClass['run'] = async ({ random }) => {
      number = random.next()
    }
    await attack([{ title: 'a', run }], { ...quiet, seed, short: true })
    return number
  }
  expect(await drawn(7)).toBe(await drawn(7))
  expect(await drawn(7)).not.toBe(await drawn(8))
})

// On a machine that does nothing else it takes less than a minute.
test('the exporter survives the short form', { timeout: 600_000 }, async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, '--short', '--seed', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(output).toContain('PASSED')
  expect(code).toBe(0)
})
