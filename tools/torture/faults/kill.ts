import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { COMMIT_INTERVAL_MS, STATE_DB, STATE_WAL } from '../contract.ts'
import { describeEnd, type ExporterProcess, Failure } from '../runner.ts'
import type { Subject } from '../subject.ts'
import type { StrikeOrder } from './strike-thread.ts'

/** The maximum wait for the moment; then the exporter is killed anyway. Milliseconds. */
const TIMEOUT_MS = 5000

/** Kills an exporter during a write. Resolves to whether the moment came. */
async function strike(
  exporter: ExporterProcess,
  stateDir: string,
  moment: StrikeOrder['moment'],
  delayMs: number,
): Promise<boolean> {
  exporter.isEnding = true
  const order: StrikeOrder = {
    pid: exporter.pid,
    wal: join(stateDir, STATE_WAL),
    db: join(stateDir, STATE_DB),
    moment,
    delayMs,
    commitIntervalMs: COMMIT_INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
  }
  const thread = new Worker(new URL('./strike-thread.ts', import.meta.url), { workerData: order })
  const struck: Promise<[boolean]> = once(thread, 'message') as Promise<[boolean]>
  // An exporter that has ended has no process to kill, and another may already have its process id.
  const [hit] = await Promise.race([struck, exporter.ended.then(() => [true] as [boolean])])
  await thread.terminate()
  await exporter.kill()
  const ended = await exporter.ended
  if (ended.signal !== 'SIGKILL')
    throw new Failure(`the exporter ended by itself, with ${describeEnd(ended)}`)
  return hit
}

const upAgain = async (subject: Subject): Promise<string> =>
  `ready again after ${(await subject.start()).toFixed(1)} s`

/** SIGKILL at a random moment, in half of the cases right after a scrape has shown the latest counts. */
export async function kill(subject: Subject): Promise<string> {
  await subject.pause(0, 3000)
  const seen = subject.random.chance(0.5) ? await subject.scraper.next(1000) : undefined
  await subject.exporter.kill()
  await subject.pause(0, 500)
  return `${seen ? 'right after a scrape; ' : ''}${await upAgain(subject)}`
}

/** SIGKILL during the start, once or several times. */
export async function killAtStart(subject: Subject): Promise<string> {
  await subject.exporter.kill()
  const times = subject.random.integer(1, 3)
  for (let i = 0; i < times; i++) {
    const exporter = subject.spawn()
    // Half of them at about the time the state is restored, some time after Node.js has started.
    await subject.pause(0, subject.random.chance(0.5) ? 1200 : 400)
    await exporter.kill()
  }
  return `${times} times; ${await upAgain(subject)}`
}

/** SIGKILL while a commit is being written, or a moment after. */
export async function killInCommit(subject: Subject): Promise<string> {
  const delay = subject.random.chance(0.5)
    ? 0
    : subject.random.between(0, subject.random.chance(0.5) ? 3 : 100)
  const hit = await strike(subject.exporter, subject.stateDir, 'commit', delay)
  const when = hit ? `${delay.toFixed(1)} ms after it began` : 'no commit came: killed all the same'
  return `${when}; ${await upAgain(subject)}`
}

/** SIGKILL during a write between two commits: a compaction, or a checkpoint of the log. */
export async function killInCompaction(subject: Subject): Promise<string> {
  const delay = subject.random.chance(0.5) ? 0 : subject.random.between(0, 10)
  const hit = await strike(subject.exporter, subject.stateDir, 'compaction', delay)
  const when = hit ? `${delay.toFixed(1)} ms after it began` : 'none came: killed all the same'
  return `${when}; ${await upAgain(subject)}`
}

/** SIGSTOP and SIGCONT, or a SIGKILL in between. */
export async function stopAndContinue(subject: Subject, mayKill: boolean): Promise<string> {
  const { exporter } = subject
  const ms = subject.random.between(200, 4000)
  exporter.signal('SIGSTOP')
  await sleep(ms)
  if (mayKill && subject.random.chance(0.3)) {
    await exporter.kill()
    return `stopped for ${(ms / 1000).toFixed(1)} s and killed; ${await upAgain(subject)}`
  }
  exporter.signal('SIGCONT')
  return `for ${(ms / 1000).toFixed(1)} s`
}

/** SIGTERM, then a start. */
export async function restart(subject: Subject): Promise<string> {
  await subject.pause(0, 1000)
  await subject.exporter.stop()
  await subject.pause(0, 500)
  return upAgain(subject)
}
