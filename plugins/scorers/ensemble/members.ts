import {
  type CallError,
  type Log,
  messageOf,
  PluginError,
  type ScoreOutcome,
  ScorerCaller,
  type ScorerContext,
} from 'mood-exporter/plugin'
import type { Answer } from './combine.ts'

/** A scorer of the ensemble. */
export interface Member {
  use: string
  weight: number
  caller: ScorerCaller
}

/**
 * Creates the members. If one cannot be created, the others are closed.
 *
 * @throws PluginError that names the path of the failed member: `scorers[1]`
 */
export async function makeMembers(
  specs: readonly { use: string; weight: number; [option: string]: unknown }[],
  context: ScorerContext,
): Promise<Member[]> {
  const made = await Promise.allSettled(
    specs.map(async ({ use, weight, ...options }, i) => {
      try {
        return { use, weight, caller: new ScorerCaller(await context.scorer({ use, ...options })) }
      } catch (error) {
        throw new Error(`scorers[${i}]: ${messageOf(error)}`, { cause: error })
      }
    }),
  )
  const members = made.flatMap(result => (result.status === 'fulfilled' ? result.value : []))
  const failures = made.flatMap(result => (result.status === 'rejected' ? [result.reason as Error] : []))
  if (failures.length > 0) {
    await closeAll(members)
    const problems = failures.map(({ message }) => message).join('; ')
    throw new PluginError('ERR_ENSEMBLE_SCORERS', problems, { cause: failures[0] })
  }
  return members
}

export const closeAll = (members: readonly Member[]) =>
  Promise.allSettled(members.map(({ caller }) => caller.close()))

/** Logs failures of members; the results of the others still count. */
export class FailureLog {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** Logs the error of a result, if any, and returns the result. */
  noted<T extends Answer>(member: Member, answer: T): T {
    if (typeof answer === 'object' && answer?.error) this.add(member, answer.error)
    return answer
  }

  /** The same for the results of one member for several posts; those of a failed call share its error. */
  allNoted(member: Member, outcomes: ScoreOutcome[]): ScoreOutcome[] {
    for (const error of new Set(outcomes.map(outcome => outcome.error))) if (error) this.add(member, error)
    return outcomes
  }

  add({ use }: Member, { message }: CallError): void {
    this.#log.warn('a scorer of the ensemble failed; it is left out', { scorer: use, detail: message })
  }
}
