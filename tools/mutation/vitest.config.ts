import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** Patterns of test files, separated by spaces. */
const tests = process.env.MUTATION_TESTS ?? 'src/{state,pipeline,runtime,metrics}/**/*.test.ts'

/** Tests that start threads take seconds each: they are left for what nothing else covers. */
const exclude = process.env.MUTATION_COVERAGE === 'off' ? [] : ['src/runtime/**/*threads.test.ts']

/** The unit tests of the mutated code. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: tests.split(' '),
    exclude,
    setupFiles: ['tools/mutation/vitest.setup.ts'],
  },
})
