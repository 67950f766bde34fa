import { env } from 'node:process'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { unlikeShipped } from './stack/tools.ts'

/**
 * A reporter for vitest. It prints why each skipped test was skipped, which the default reporter omits; which tests
 * passed only when retried; and where tests ran with another Prometheus or Alertmanager than the pinned version.
 */
export default class NotesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap(module => [...module.children.allTests('skipped')])
    const reasons = Map.groupBy(skipped.filter(hasReason), test => reasonOf(test))
    for (const [reason, tests] of reasons)
      console.log(`\nSkipped: ${reason}${tests.map(({ fullName }) => `\n  ${fullName}`).join('')}`)
    const passed = modules.flatMap(module => [...module.children.allTests('passed')])
    for (const test of passed.filter(test => test.diagnostic()?.flaky)) {
      const errors = test.result().errors ?? []
      console.log(`\nPassed at the second try only: ${test.module.relativeModuleId}\n  ${test.fullName}`)
      for (const { message } of errors) console.log(`  ${message.slice(0, 2000)}`)
    }
    const others = env.MOOD_REQUIRE_TOOLS === '1' ? undefined : unlikeShipped()
    if (others !== undefined) console.log(`\n${others}`)
  }
}

const reasonOf = (test: TestCase) => {
  const result = test.result()
  return result.state === 'skipped' ? result.note : undefined
}

/** A test that a pattern on the command line excluded has no reason. */
const hasReason = (test: TestCase) => reasonOf(test) !== undefined
