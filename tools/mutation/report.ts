/** A report of mutants, as Stryker's JSON reporter writes it: schema 1.0 of the mutation testing elements. */
export interface Report {
  files: Record<string, { source: string; mutants: Mutant[] }>
}

interface Mutant {
  mutatorName: string
  replacement?: string
  status: string
  location: { start: Place; end: Place }
}

/** Lines and columns from 1. */
interface Place {
  line: number
  column: number
}

const isKilled = ({ status }: Mutant) => status === 'Killed' || status === 'Timeout'

/** Whether no test noticed the mutant. */
export const isAlive = ({ status }: Mutant) => status === 'Survived' || status === 'NoCoverage'

/** Whether no test ran the mutant, as far as Stryker sees: not in other threads. */
export const isUncovered = ({ status }: Mutant) => status === 'NoCoverage'

const keyOf = ({ mutatorName, replacement, location }: Mutant) =>
  JSON.stringify([mutatorName, replacement, location.start, location.end])

/** The places of mutants, as patterns for `--mutate`. */
export function rangesOf(report: Report, wanted: (mutant: Mutant) => boolean): string[] {
  const ranges = Object.entries(report.files).flatMap(([file, { mutants }]) =>
    mutants
      .filter(wanted)
      .map(
        ({ location: { start, end } }) =>
          `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`,
      ),
  )
  return [...new Set(ranges)]
}

/** Adds to a report what another run killed. */
export function addKilled(report: Report, later: Report): void {
  for (const [file, { mutants }] of Object.entries(later.files)) {
    const killed = new Map(mutants.filter(isKilled).map(mutant => [keyOf(mutant), mutant.status]))
    for (const mutant of report.files[file]?.mutants ?? []) {
      const status = isAlive(mutant) ? killed.get(keyOf(mutant)) : undefined
      if (status) mutant.status = status
    }
  }
}

/** The killed mutants of a file, and all that could be tried. */
export function scoreOf(mutants: readonly Mutant[]): { killed: number; tried: number } {
  const killed = mutants.filter(isKilled).length
  return { killed, tried: killed + mutants.filter(isAlive).length }
}

/** The mutants that no test noticed, a line each: place, what was there, and what replaced it. */
export function survivors({ files }: Report): string[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n')
    return mutants.filter(isAlive).map(({ location: { start, end }, replacement = '', status }) => {
      const text = lines[start.line - 1]?.slice(
        start.column - 1,
        start.line === end.line ? end.column - 1 : undefined,
      )
      const uncovered = status === 'NoCoverage' ? ' (no test runs it)' : ''
      return `${file}:${start.line}:${start.column}: ${text} -> ${replacement.split('\n')[0]}${uncovered}`
    })
  })
}
