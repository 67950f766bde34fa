import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** A reporter for vitest that says of each skipped test why it was: the usual one keeps that to itself. */
export default class SkipsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap(module => [...module.children.allTests('skipped')])
    const reasons = Map.groupBy(skipped.filter(hasReason), test => reasonOf(test))
    for (const [reason, tests] of reasons)
      console.log(`\nSkipped: ${reason}${tests.map(({ fullName }) => `\n  ${fullName}`).join('')}`)
  }
}

const reasonOf = (test: TestCase) => {
  const result = test.result()
  return result.state === 'skipped' ? result.note : undefined
}

/** One that was left out by a pattern on the command line has none. */
const hasReason = (test: TestCase) => reasonOf(test) !== undefined
