import { median } from './report.ts'

/**
 * What contenders measure, by their names, a value a round. They take turns, so that whatever else the machine does meets
 * them all. The rounds of the warm-up come first and are left out.
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

/** The median over the rounds of how many times one value is another of the same round. */
export const medianRatio = (values: readonly number[], bases: readonly number[]): number =>
  median(values.map((value, round) => value / (bases[round] as number)))
