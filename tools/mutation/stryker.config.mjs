/** The code of threads is covered by no test that Stryker sees: with `MUTATION_COVERAGE=off` every test is run. */
const coverageAnalysis = process.env.MUTATION_COVERAGE ?? 'perTest'

export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'tools/mutation/vitest.config.ts', related: coverageAnalysis !== 'off' },
  coverageAnalysis,
  ignoreStatic: coverageAnalysis !== 'off',
  concurrency: 2,
  timeoutMS: 5000,
  thresholds: { high: 95, low: 85, break: null },
  reporters: ['progress', 'json'],
  jsonReporter: { fileName: 'tools/mutation/report.json' },
  tempDirName: '.stryker',
  cleanTempDir: 'always',
  ignorePatterns: ['/dist', '/state', '*.png'],
}
