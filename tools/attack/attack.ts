import { Random } from '../torture/random.ts'

/** The result of one class of attacks. */
export interface Tally {
  title: string
  tried: number
  survived: number
  /** What was lost, a line each. */
  lost: string[]
  /** Why it was left out, if it was. */
  skipped?: string
}

/** The interface of a class of attacks. */
export interface Attacker {
  readonly random: Random
  /** Whether it should take seconds instead of minutes. */
  readonly short: boolean
  /** Tries one thing, or a number of the same kind. If the promise rejects, it counts as lost. */
  attempt(what: string, act: () => Promise<unknown>, count?: number): Promise<void>
}

export interface AttackClass {
  title: string
  /** Skipped in the short form. */
  long?: true
  /** The reason why it cannot run on this machine, if there is one. */
  impossible?(): string | null
  run(attacker: Attacker): Promise<void>
}

/** How many lost attempts of a class are listed. */
const MOST_LOST = 20

/** Runs one class after the other. */
export async function attack(
  classes: readonly AttackClass[],
  { seed, short, say }: { seed: number; short: boolean; say(line: string): void },
): Promise<Tally[]> {
  const tallies: Tally[] = []
  for (const { title, long, impossible, run } of classes) {
    const tally: Tally = { title, tried: 0, survived: 0, lost: [] }
    tallies.push(tally)
    const why = long && short ? 'long form only' : impossible?.()
    if (why) {
      tally.skipped = why
      continue
    }
    const attempt: Attacker['attempt'] = async (what, act, count = 1) => {
      tally.tried += count
      try {
        await act()
        tally.survived += count
      } catch (error) {
        if (tally.lost.length < MOST_LOST)
          tally.lost.push(`${what}: ${(error as Error).message.slice(0, 500)}`)
      }
    }
    const startedAt = performance.now()
    await run({ random: new Random(seed, title), short, attempt }).catch((error: Error) => {
      tally.tried++
      tally.lost.push(`it could not be tried: ${error.message.slice(0, 500)}`)
    })
    say(`  ${title}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
  return tallies
}

/** The columns of the final table. */
export const COLUMNS = ['attack', 'tried', 'survived', 'lost']

/** The rows of the final table. */
export function rowsOf(tallies: readonly Tally[]): string[][] {
  const row = (title: string, tried: number, survived: number) =>
    [title, tried, survived, tried - survived].map(String)
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0)
  const [tried, survived] = [sum(({ tried }) => tried), sum(({ survived }) => survived)]
  return [
    ...tallies.map(({ title, tried, survived, skipped }) =>
      skipped ? [title, '–', '–', `left out: ${skipped}`] : row(title, tried, survived),
    ),
    row('all', tried, survived),
  ]
}

export function ensure(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise)
}
