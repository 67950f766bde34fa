import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** The unit tests of what is mutated: code that runs in a process or thread of its own does not see a mutant. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['src/{state,pipeline,runtime,metrics}/**/*.test.ts'] },
})
