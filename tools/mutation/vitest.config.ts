import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** Patterns of test files, separated by spaces. */
const tests = process.env.MUTATION_TESTS ?? 'src/{state,pipeline,runtime,metrics}/**/*.test.ts'

/** The unit tests of the mutated code, without those of threads: other threads and processes do not see a mutant. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: tests.split(' '), exclude: ['src/runtime/outputs/threads.test.ts'] },
})
