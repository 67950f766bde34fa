import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

/** The figures of the documentation by topic, from which `npm run docs` fills in its pages. */
const FILE = new URL('../../docs/measurements.json', import.meta.url)

/** What one command measured. */
export interface Measurement {
  /** A day, as YYYY-MM-DD. */
  measured: string
  machine: string
  /** The command; a description if there is none in this repository. */
  how: string
  /** Figures in sentences, as the pages show them. */
  values?: Record<string, string>
  tables?: Record<string, Table>
}

export interface Table {
  columns: readonly string[]
  rows: readonly (readonly string[])[]
}

/** When and on which machine something is measured. */
export const measurement = () => ({
  measured: new Date().toISOString().slice(0, 10),
  machine: `${availableParallelism()} cores (${cpus()[0]?.model}), Node.js ${process.versions.node}`,
})

/** All measurements by topic. */
export const measurements = (): Record<string, Measurement> => JSON.parse(readFileSync(FILE, 'utf8'))

/** Replaces the measurement of a topic. */
export function recordMeasurement(topic: string, found: Omit<Measurement, 'measured' | 'machine'>): void {
  const all = { ...measurements(), [topic]: { ...measurement(), ...found } }
  // A row of a table is a line.
  const text = JSON.stringify(all, null, 2).replaceAll(/\[\n\s+"[^[\]]*\]/g, row =>
    row.replaceAll(/\n\s+/g, ' '),
  )
  writeFileSync(FILE, `${text}\n`)
  console.log(
    `  docs/measurements.json has it as "${topic}"; \`npm run docs\` brings it into the documentation`,
  )
}
