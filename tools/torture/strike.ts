import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { COMMIT_INTERVAL_MS, STATE_DB, STATE_WAL } from './contract.ts'
import { describeEnd, type ExporterProcess, Failure } from './runner.ts'
import type { StrikeOrder } from './strike-thread.ts'

/** The maximum wait for the moment; then the exporter is killed anyway. Milliseconds. */
const TIMEOUT_MS = 5000

/** Kills an exporter during a write. Resolves to whether the moment came. */
export async function strike(
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
