import { beforeAll } from 'vitest'

/** Where Stryker's code looks for the number of the mutant in a process or thread that has no other. */
const VARIABLE = '__STRYKER_ACTIVE_MUTANT__'

// Threads and processes that a test starts have the mutant of the test.
beforeAll(() => {
  const { activeMutant } = (globalThis as { __stryker__?: { activeMutant?: string } }).__stryker__ ?? {}
  if (activeMutant === undefined) delete process.env[VARIABLE]
  else process.env[VARIABLE] = activeMutant
})
