import { expect, test } from 'vitest'
import { exporterValues, fillMeasured, unused } from './measured.ts'

const MEASURED = {
  state: {
    measured: '2026-01-02',
    machine: 'a machine',
    how: 'a command',
    values: { size: '12 MB' },
    tables: {
      small: {
        columns: ['', 'small'],
        rows: [
          ['start', '1 s'],
          ['commit', '2 ms'],
        ],
      },
      large: {
        columns: ['', 'large'],
        rows: [
          ['start', '9 s'],
          ['compaction', '7 s'],
        ],
      },
    },
  },
}

test('a figure in a sentence is replaced by what was measured', () => {
  const page = 'It takes <!-- =state.size -->10 MB<!-- / -->, at most.'
  expect(fillMeasured(page, MEASURED)).toBe('It takes <!-- =state.size -->12 MB<!-- / -->, at most.')
})

test('tables beside each other have a row for each first cell', () => {
  const page = '<!-- table state.small state.large -->\nold\n<!-- /table -->'
  expect(fillMeasured(page, MEASURED).split('\n').slice(2, -2)).toEqual([
    '|  | small | large |',
    '| --- | --- | --- |',
    '| start | 1 s | 9 s |',
    '| commit | 2 ms |  |',
    '| compaction |  | 7 s |',
  ])
})

test('a figure that was not measured, or that begins a line, is an error', () => {
  expect(() => fillMeasured('of <!-- =state.speed --><!-- / -->', MEASURED)).toThrow('no state.speed')
  expect(() => fillMeasured('Size:\n- <!-- =state.size --><!-- / -->', MEASURED)).toThrow('begins a line')
})

test('measurements that no page shows are named', () => {
  expect(
    unused(MEASURED, ['of <!-- =state.size -->1<!-- / -->', '<!-- table state.small -->\n<!-- /table -->']),
  ).toEqual(['state.large'])
})

test('samples of the demo are what they take on disk in a day and a year', () => {
  const row = { topics: 1, posts: 2000, memoryMB: 100, processor: 0.5, samples: 1000 }
  const rows = ['the demo', 'all that one worker takes'].map(what => ({ ...row, what }))
  // 1000 × 2 bytes × 86,400 s = 173 MB, and 63 GB in 365 days.
  expect(exporterValues({ measured: '', machine: '', rows }, 2)).toMatchObject({
    posts_of_core: '4,000',
    samples: '1,000',
    disk_a_day: '170 MB',
    disk_a_year: '63 GB',
  })
})
