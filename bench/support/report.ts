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
