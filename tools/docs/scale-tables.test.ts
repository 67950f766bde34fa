import { expect, test } from 'vitest'
import {
  coresTables,
  costTable,
  FLEET,
  partsTable,
  prometheusTable,
  type ScaleFigures,
} from './scale-tables.ts'

const FIGURES: ScaleFigures = {
  measured: '2026-01-02',
  machine: 'a machine',
  posts: 1000,
  rows: [
    { what: FLEET, micros: 10, brokerMicros: 1.5, memoryMiB: 300, series: 2000 },
    {
      what: 'every post, `auto`, hashtags and words, state',
      micros: 20,
      brokerMicros: 2,
      memoryMiB: 512,
      series: 400,
    },
  ],
  prometheus: {
    exporters: 3,
    series: 9000,
    samples: 10_000,
    processor: 0.02,
    memoryMiB: 100,
    idleExporter: 0.0123,
  },
}

test('the cost of a post is that of each configuration, with what a core counts', () => {
  const table = costTable(FIGURES)
  expect(table).toContain('| 10 µs | 100,000 | 300 MiB | 2,000 |')
  expect(table).toContain('| 20 µs | 50,000 | 512 MiB | 400 |')
  expect(table).toContain('1.5 to 2 µs')
})

test('cores are posts times their cost, and what waits after a peak is caught up beside the usual stream', () => {
  const tables = coresTables(FIGURES)
  expect(tables).toContain('| every post, `auto` (20 µs) | 0.12 cores | 3 cores |')
  // (150,000 − 50,000) × 60 s wait, and 50,000 − 6,000 a second are left for them.
  expect(tables).toContain('| 1 | 50,000/s | 6 million | 140 s |')
  expect(tables).toContain('| 4 | 200,000/s | none | at once |')
})

test('samples are what they take on disk, of these exporters and of four times as many', () => {
  // 10,000 × 1.9 bytes × 86,400 s = 1.64 GB.
  expect(prometheusTable(FIGURES, 1.9)).toMatch(
    /1\.6 GB a day, 25 GB in 15 days[\s\S]*With 12 exporters\s+it is 40,000/,
  )
  expect(partsTable(FIGURES, 1.9)).toContain('| Prometheus, 15 days | 2 % of a core | 0.098 GiB | 25 GB |')
})

test('a row that is missing is named', () => {
  expect(() => coresTables({ ...FIGURES, rows: [] })).toThrow('docs/scale.json: no row "every post')
})
