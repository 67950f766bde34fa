import { expect, test } from 'vitest'
import { addKilled, isAlive, isUncovered, type Report, rangesOf, scoreOf, survivors } from './report.ts'

const FILE = 'src/a.ts'

/** A report of mutants of `if (a < b) c()`, by status. */
function reportOf(...statuses: [status: string, replacement: string][]): Report {
  const location = { start: { line: 1, column: 5 }, end: { line: 1, column: 10 } }
  const mutants = statuses.map(([status, replacement]) => ({
    mutatorName: 'EqualityOperator',
    replacement,
    status,
    location,
  }))
  return { files: { [FILE]: { source: 'if (a < b) c()\n', mutants } } }
}

const mutantsOf = (report: Report) => report.files[FILE]?.mutants ?? []

test('mutants that survived are named as ranges, each once', () => {
  const report = reportOf(
    ['Killed', 'a > b'],
    ['Survived', 'a <= b'],
    ['NoCoverage', 'true'],
    ['Timeout', 'false'],
  )
  expect(rangesOf(report, isAlive)).toEqual(['src/a.ts:1:4-1:9'])
  expect(rangesOf(reportOf(['Survived', 'a > b']), isUncovered)).toEqual([])
})

test('what a later run killed counts as killed, and nothing that was killed is lost', () => {
  const report = reportOf(['Killed', 'a > b'], ['Survived', 'a <= b'], ['Survived', 'true'])
  addKilled(
    report,
    reportOf(['Survived', 'a > b'], ['Timeout', 'a <= b'], ['Survived', 'true'], ['Killed', 'false']),
  )
  expect(mutantsOf(report).map(({ status }) => status)).toEqual(['Killed', 'Timeout', 'Survived'])
})

test('the score is of the mutants that were tried', () => {
  const report = reportOf(
    ['Killed', 'a > b'],
    ['Timeout', ''],
    ['Survived', 'true'],
    ['NoCoverage', 'false'],
    ['Ignored', ''],
  )
  expect(scoreOf(mutantsOf(report))).toEqual({ killed: 2, tried: 4 })
})

test('survivors are shown with their place, what was there and what replaced it', () => {
  const report = reportOf(['Killed', 'a > b'], ['Survived', 'a <= b'], ['NoCoverage', 'true'])
  expect(survivors(report)).toEqual([
    'src/a.ts:1:5: a < b -> a <= b',
    'src/a.ts:1:5: a < b -> true (no test runs it)',
  ])
})
