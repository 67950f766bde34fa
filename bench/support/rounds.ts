import { median } from './report.ts'

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
