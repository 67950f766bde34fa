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
 * Makes the members. Where one cannot be made, those that were are closed again.
 *
 * @throws PluginError that names the place of the one that is at fault: `scorers[1]`
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

/** Logs what members fail of; what the others say still counts. */
export class FailureLog {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** Logs what is wrong with an answer, if anything is, and gives the answer. */
  noted<T extends Answer>(member: Member, answer: T): T {
    if (typeof answer === 'object' && answer?.error) this.add(member, answer.error)
    return answer
  }

  /** The same for the answers of one member to several posts, where those of a call that failed share its error. */
  allNoted(member: Member, outcomes: ScoreOutcome[]): ScoreOutcome[] {
    for (const error of new Set(outcomes.map(outcome => outcome.error))) if (error) this.add(member, error)
    return outcomes
  }

  add({ use }: Member, { message }: CallError): void {
    this.#log.warn('a scorer of the ensemble failed; it is left out', { scorer: use, detail: message })
  }
}
