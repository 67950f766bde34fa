import type { Rig } from '../rig.ts'
import { damage, type Outcome } from './damage.ts'
import { fullDisk } from './full-disk.ts'
import { kill, killAtStart, killInCommit, killInCompaction, restart, stopAndContinue } from './kill.ts'
import { reload } from './reload.ts'

/** The context of a fault. */
export interface FaultContext {
  /** Whether a fault may also kill the exporter. */
  mayKill: boolean
  /** The reactions to damaged copies so far. */
  outcomes: Outcome[]
}

interface Fault {
  title: string
  /** Its frequency relative to the others. */
  weight: number
  /** Whether the exporter is started again after it. */
  restarts: boolean
  needsState: boolean
  /** Causes the fault, and returns a description. */
  run: (rig: Rig, context: FaultContext) => Promise<string>
}

const fault = (
  title: string,
  weight: number,
  run: Fault['run'],
  { restarts = true, needsState = false }: { restarts?: boolean; needsState?: boolean } = {},
): Fault => ({ title, weight, run, restarts, needsState })

/** All kinds of faults, by the names for `--faults`. */
export const FAULTS = {
  kill: fault('kill -9', 3, kill),
  start: fault('kill -9 at the start', 1, killAtStart),
  commit: fault('kill -9 in a commit', 3, killInCommit, { needsState: true }),
  compaction: fault('kill -9 in a compaction', 2, killInCompaction, { needsState: true }),
  stop: fault('stop and continue', 1, (rig, { mayKill }) => stopAndContinue(rig, mayKill), {
    restarts: false,
  }),
  restart: fault('SIGTERM and start', 1, restart),
  reload: fault('reload', 1, (rig, { mayKill }) => reload(rig, mayKill), { restarts: false }),
  disk: fault('full disk', 1, fullDisk, { needsState: true }),
  damage: fault('damaged copies', 1, (rig, { outcomes }) => damage(rig, outcomes), { needsState: true }),
} as const satisfies Record<string, Fault>

export type FaultKind = keyof typeof FAULTS

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[]
