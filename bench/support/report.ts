import { availableParallelism, cpus } from 'node:os'

/** The median of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The quantile of the values at that share. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
}

export const heading = (text: string): void => console.log(`\n${text}`)

/** A line of the report: the measurement, and whether it met the target if there is one. */
export function line(what: string, value: string, target?: { text: string; met: boolean }): void {
  const reached = target ? `  target ${target.text}: ${target.met ? 'met' : 'MISSED'}` : ''
  console.log(`  ${what.padEnd(58)} ${value.padStart(12)}${reached}`)
}

/** The wall-clock milliseconds of a piece of work. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** When and on which machine something is measured, for the documentation. */
export const measurement = () => ({
  measured: new Date().toISOString().slice(0, 10),
  machine: `${availableParallelism()} cores (${cpus()[0]?.model}), Node.js ${process.versions.node}`,
})

/**
 * The values of each contender, one for each round. They take turns, so that other load on the machine affects
 * all of them. Warm-up rounds come first and are left out.
 */
export async function inTurn<Name extends string>(
  contenders: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
  warmUp = 0,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[]
  const measured = Object.fromEntries(names.map(name => [name, []])) as unknown as Record<Name, number[]>
  for (let round = -warmUp; round < rounds; round++)
    for (const name of names) {
      const value = await contenders[name]()
      if (round >= 0) measured[name].push(value)
    }
  return measured
}

/** The median over the rounds of the ratio of two values of the same round. */
export const medianRatio = (values: readonly number[], bases: readonly number[]): number =>
  median(values.map((value, round) => value / (bases[round] as number)))
