import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      'mood-exporter/plugin/testing': source('./src/plugin/testing.ts'),
      'mood-exporter/plugin': source('./src/plugin/index.ts'),
    },
  },
  test: {
    include: ['{src,plugins,tools,test}/**/*.test.ts'],
    // Most of the time of most files is waiting, so that two share even one processor.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A condition is awaited for as long as a busy machine may take.
    expect: { poll: { timeout: 30_000 } },
    // A change is not turned away for a test that a busy machine failed once. The report names each such test.
    retry: process.env.CI ? 1 : 0,
  },
})
