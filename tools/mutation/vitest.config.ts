import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** The unit tests of the mutated code: other processes and threads do not see a mutant. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['src/{state,pipeline,runtime,metrics}/**/*.test.ts'] },
})
