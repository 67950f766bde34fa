/** A folder of the project, and the folders that its files may import. */
export interface Floor {
  /** Relative to the root of the project. A file belongs to the longest path that contains it. */
  folder: string
  /** Its description in the table of CONTRIBUTING.md. */
  holds: string
  /** The folders that it may import in addition to itself. Imports of types count. */
  imports: readonly string[]
  /** What its tests may import in addition. All tests may import `test/support`. */
  tests?: readonly string[]
}

const BASE = ['src/catalogue', 'src/plugin']
const STATE = [...BASE, 'src/state']
const CONFIG = [...BASE, 'src/config']
const RUNTIME = [...STATE, 'src/config', 'src/loader', 'src/pipeline', 'src/metrics']

/**
 * The house, from the ground up: a folder imports only what comes before it. `test/floors.test.ts` checks every import
 * against this table, and the one in CONTRIBUTING.md is generated from it.
 */
export const FLOORS: readonly Floor[] = [
  {
    folder: 'src/catalogue',
    holds: 'metrics, drop reasons, errors and plugin kinds: each declared once',
    imports: [],
  },
  {
    folder: 'src/plugin',
    holds: 'the public plugin API and its test kit',
    imports: [],
  },
  {
    folder: 'src/html',
    holds: 'HTML that the status page and the eval report share',
    imports: [],
  },
  {
    folder: 'src/state',
    holds: 'the mergeable state: counters, windows, terms, watermarks, and how they are encoded',
    imports: BASE,
  },
  {
    folder: 'src/pipeline',
    holds: 'a batch through its stages, from bytes to a delta',
    imports: STATE,
  },
  {
    folder: 'src/metrics',
    holds: 'the committed state as text for Prometheus',
    imports: ['src/catalogue', 'src/state'],
  },
  {
    folder: 'src/config',
    holds: '`mood.yml`: its schema, problems, secrets',
    imports: BASE,
  },
  {
    folder: 'src/loader',
    holds: 'plugins: finding, validating and creating them',
    imports: CONFIG,
  },
  {
    folder: 'src/eval',
    holds: 'measures of scorers, and their report',
    imports: [...CONFIG, 'src/html', 'src/pipeline'],
  },
  {
    folder: 'src/runtime',
    holds: 'the running exporter: sources, workers, checkpoints, outputs, threads, reload',
    imports: RUNTIME,
  },
  {
    folder: 'src/server',
    holds: 'HTTP: `/metrics`, the status page, TLS and passwords',
    imports: ['src/catalogue', 'src/plugin', 'src/config', 'src/html', 'src/metrics', 'src/runtime'],
  },
  {
    folder: 'src/cli',
    holds: 'the commands, one file each',
    imports: [...RUNTIME, 'src/html', 'src/eval', 'src/runtime', 'src/server'],
  },
  {
    folder: 'plugins',
    holds: 'the built-in plugins. They import `mood-exporter/plugin`, as those of others do',
    imports: ['src/plugin'],
    tests: ['plugins/scorers/tuned/tools'],
  },
  {
    folder: 'plugins/scorers/tuned/tools',
    holds: 'what makes the models of the scorer `tuned`, and measures them',
    imports: ['src/eval', 'plugins'],
  },
  {
    folder: 'grafana',
    holds: 'dashboards in TypeScript, the JSON made of them, and their checks',
    imports: ['src/catalogue'],
  },
  {
    folder: 'tools/prometheus',
    holds: 'builds the Prometheus and the Alertmanager that ship, of Go modules, for tests',
    imports: [],
  },
  {
    folder: 'tools/stack',
    holds:
      'starts an exporter, Prometheus, Alertmanager or Kafka and queries it, for tests, benchmarks and tools',
    imports: ['grafana', 'src/runtime', 'tools/prometheus'],
  },
  {
    folder: 'test/support',
    holds: 'what only tests share',
    imports: ['grafana', 'src/runtime', 'tools/stack'],
  },
  {
    folder: 'tools/mutation',
    holds: 'changes the code in small ways, and says which changes no unit test notices',
    imports: [],
  },
  {
    folder: 'tools/torture',
    holds: 'kills and damages a running exporter, and compares its counts with what was written',
    imports: ['tools/stack'],
    tests: ['plugins', 'src/plugin', 'src/pipeline', 'tools/torture/reference'],
  },
  {
    folder: 'tools/torture/reference',
    holds: 'a small exporter with known faults, to test the harness with',
    imports: ['tools/torture', 'src/plugin', 'plugins'],
  },
  {
    folder: 'tools/attack',
    holds: 'tries to stop, deceive and break into a running exporter, and shows what was survived',
    imports: ['src/server', 'tools/stack', 'tools/torture'],
  },
  {
    folder: 'tools',
    holds:
      'installs, builds, tests and checks; generates dashboards and manifests; this table and the allowed licences',
    imports: ['grafana', 'tools/stack'],
  },
  {
    folder: 'tools/languages',
    holds: 'generates the table by which languages are detected',
    imports: ['src/pipeline'],
  },
  {
    folder: 'tools/docs',
    holds: 'generates the documentation that comes from the code, and measures the scorers for it',
    imports: [
      ...CONFIG,
      'src/state',
      'src/loader',
      'src/pipeline',
      'src/runtime',
      'src/eval',
      'src/cli',
      'plugins',
      'plugins/scorers/tuned/tools',
      'tools/stack',
      'tools',
    ],
  },
  {
    folder: 'tools/preview',
    holds: 'draws the dashboards in a browser, without Grafana',
    imports: ['src/plugin', 'src/html', 'grafana', 'tools/stack'],
  },
  {
    folder: 'bench',
    holds: 'measurements, as ratios against something else in the same run',
    imports: [...RUNTIME, 'src/runtime', 'plugins', 'tools/docs', 'tools/stack'],
  },
  {
    folder: 'test',
    holds: 'end-to-end tests',
    imports: [
      ...RUNTIME,
      'src/html',
      'src/runtime',
      'src/server',
      'src/cli',
      'plugins',
      'grafana',
      'tools/prometheus',
      'tools/stack',
      'test/support',
      'tools/torture',
      'tools',
      'tools/docs',
      'tools/preview',
    ],
  },
]
