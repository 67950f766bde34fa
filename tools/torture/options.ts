import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { FAULT_KINDS, type FaultKind } from './faults/index.ts'
import { KAFKA_FAULT_KINDS, KAFKA_FAULTS, type KafkaFaultKind } from './kafka/faults.ts'

const EXPORTER = fileURLToPath(new URL('../../bin/mood-exporter.mjs', import.meta.url))

const MOST_MINUTES = 24 * 60
const MOST_RATE = 20_000
const MOST_EXPORTERS = 3

export const USAGE = `Tortures a running exporter, and holds what it counts against what was written.

npm run torture -- [options]

  --minutes N       how long (default 1); it ends by itself, at most 5 minutes later
  --seed N          what determines the records and the faults (default: chosen, and printed)
  --rate N          records a second that are written (default 300)
  --faults KIND,…   only these kinds of fault (default: all)
                    ${FAULT_KINDS.join(', ')}
  --kafka           reads from a broker of Kafka, which is tortured as well. Faults:
                    ${KAFKA_FAULT_KINDS.slice(0, 7).join(', ')},
                    ${KAFKA_FAULT_KINDS.slice(7).join(', ')}
  --group           with --kafka: the exporters are members of a consumer group, instead of having fixed shares
  --exporters N     with --kafka: how many exporters share the partitions (1 to ${MOST_EXPORTERS}, default ${MOST_EXPORTERS})
  --no-state        without a state directory: only faults after which the exporter is not started again make sense
  --exporter FILE   the program to torture (default: this checkout's)
  --record NAME     write the table of a run that passed to docs/measurements.json, as NAME
  --keep            keep the working directory; one of a run with problems is always kept
  --help            this text

Examples:
  npm run torture -- --minutes 30
  npm run torture -- --minutes 5 --seed 1234 --faults commit,compaction
  npm run torture -- --kafka --minutes 5 --exporters 1
  npm run torture -- --kafka --group --minutes 5
  npm run torture -- --no-state --faults stop,reload

Exit code: 0 where nothing was lost, doubled or went back; 1 where something was, or the exporter failed otherwise;
2 for options that cannot be understood, and where there is no broker to run.
`

export interface Options {
  help: boolean
  minutes: number
  seed: number
  rate: number
  faults: FaultKind[]
  /** Undefined if the exporter reads files. */
  kafka: { exporters: number; group: boolean; faults: KafkaFaultKind[] } | undefined
  state: boolean
  exporter: string
  keep: boolean
  /** The name of the measurement for the documentation, if it becomes one. */
  record: string | undefined
}

/**
 * The options of the command line.
 * @throws Error with one line for an invalid option
 */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      help: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string' },
      rate: { type: 'string', default: '300' },
      faults: { type: 'string' },
      kafka: { type: 'boolean', default: false },
      exporters: { type: 'string' },
      group: { type: 'boolean', default: false },
      state: { type: 'boolean', default: true },
      exporter: { type: 'string', default: EXPORTER },
      keep: { type: 'boolean', default: false },
      record: { type: 'string' },
    },
  })
  if (values.exporters !== undefined && !values.kafka) throw new Error('--exporters: only with --kafka')
  if (values.group && !values.kafka) throw new Error('--group: only with --kafka')
  return {
    help: values.help,
    minutes: above0('minutes', values.minutes, MOST_MINUTES),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1e9) : seedOf(values.seed),
    rate: above0('rate', values.rate, MOST_RATE),
    faults: values.kafka ? [] : faultsOf(values.faults, FAULT_KINDS),
    kafka: values.kafka
      ? {
          exporters: exportersOf(values.exporters),
          group: values.group,
          faults: faultsOf(
            values.faults,
            KAFKA_FAULT_KINDS.filter(kind => values.group || !KAFKA_FAULTS[kind].needsGroup),
          ),
        }
      : undefined,
    state: values.state,
    exporter: resolve(values.exporter),
    keep: values.keep,
    record: values.record,
  }
}

function above0(name: string, text: string, most: number): number {
  const value = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > most)
    throw new Error(`--${name}: expected a number above 0, up to ${most}, got "${text}"`)
  return value
}

function seedOf(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 0xffffffff)
    throw new Error(`--seed: expected a whole number up to ${0xffffffff}, got "${text}"`)
  return value
}

function exportersOf(text = `${MOST_EXPORTERS}`): number {
  const value = Number(text)
  if (!/^\d$/.test(text) || value < 1 || value > MOST_EXPORTERS)
    throw new Error(`--exporters: expected a whole number from 1 to ${MOST_EXPORTERS}, got "${text}"`)
  return value
}

/** The named kinds of faults; all if none is named. */
function faultsOf<Kind extends string>(text: string | undefined, kinds: readonly Kind[]): Kind[] {
  if (text === undefined) return [...kinds]
  const names = text.split(',').map(name => name.trim())
  for (const name of names)
    if (!(kinds as readonly string[]).includes(name))
      throw new Error(`--faults: expected some of ${kinds.join(', ')}, got "${name}"`)
  return [...new Set(names)] as Kind[]
}
