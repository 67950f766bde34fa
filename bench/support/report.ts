/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The value below which so large a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
}

export const heading = (text: string): void => console.log(`\n${text}`)

/** A line of the report: what was measured, and, if there is a target, whether it was met. */
export function line(what: string, value: string, target?: { text: string; met: boolean }): void {
  const reached = target ? `  target ${target.text}: ${target.met ? 'met' : 'MISSED'}` : ''
  console.log(`  ${what.padEnd(58)} ${value.padStart(12)}${reached}`)
}

/** Milliseconds that a piece of work takes by the clock. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
