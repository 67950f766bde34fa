import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Kind } from './scenario.ts'

/** Days of one topic: the unit of work of a worker. */
export const DAYS = 10
const MONTH = 30

/** The thresholds to try for the CUSUM, in nats. */
export const BARS = Array.from({ length: 60 }, (_, number) => 4 + number)

/** One topic for {@link DAYS}: quiet, to count false alarms, or with incidents of one kind. */
export interface Job {
  perMinute: number
  seed: number
  /** The share of posts that are shared; none if absent. */
  shared?: number
  kind?: Kind
}

/** A variant of the spike alert that is not shipped. */
export type Variant = 'z > 5 for every topic (earlier rule)'

/** The results, by detector. */
export interface Outcome {
  job: Job
  /** How often each started to fire. */
  onsets: Record<string, number>
  /** Seconds until the alert fired, for each incident; Infinity if it did not. */
  delays: Record<string, number[]>
}

/** The figures of one detector at one rate. */
export interface Figures {
  falseAlarmsAMonth: number
  /** Seconds. */
  median: number
  /** A share of incidents. */
  missed: number
  incidents: number
  /** The number of times it fires for one incident. */
  alarmsAnIncident: number
}

/** Runs the jobs on as many threads as there are processors. */
export async function run(jobs: readonly Job[]): Promise<Outcome[]> {
  const waiting = [...jobs]
  const outcomes: Outcome[] = []
  const work = async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      worker.postMessage(job)
      const [outcome] = (await once(worker, 'message')) as [Outcome]
      outcomes.push(outcome)
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return outcomes
}

/** @param name the detector, as named in the results */
export function figures(outcomes: readonly Outcome[], perMinute: number, kind: Kind, name: string): Figures {
  const here = outcomes.filter(({ job }) => job.perMinute === perMinute)
  const quiet = here.filter(({ job }) => job.kind === undefined)
  const eventful = here.filter(({ job }) => job.kind === kind)
  const delays = eventful.flatMap(({ delays }) => delays[name] ?? []).sort((a, b) => a - b)
  const total = (of: readonly Outcome[]) => of.reduce((sum, { onsets }) => sum + (onsets[name] ?? 0), 0)
  return {
    falseAlarmsAMonth: (total(quiet) / (quiet.length * DAYS)) * MONTH,
    median: delays[delays.length >> 1] as number,
    missed: delays.filter(delay => delay === Number.POSITIVE_INFINITY).length / delays.length,
    incidents: delays.length,
    alarmsAnIncident: total(eventful) / delays.length,
  }
}

/** The lowest threshold of the CUSUM with at most one false alarm a month. */
export function fairBar(outcomes: readonly Outcome[], perMinute: number, kind: Kind): string {
  const names = BARS.map(cusumName)
  const fair = names.find(name => figures(outcomes, perMinute, kind, name).falseAlarmsAMonth <= 1)
  if (!fair) throw new Error('no bar of the CUSUM is high enough')
  return fair
}

export const cusumName = (bar: number): string => `CUSUM ${bar}`
