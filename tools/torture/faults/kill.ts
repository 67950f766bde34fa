import { setTimeout as sleep } from 'node:timers/promises'
import type { Rig } from '../rig.ts'
import { strike } from '../strike.ts'

const upAgain = async (rig: Rig): Promise<string> => `ready again after ${(await rig.start()).toFixed(1)} s`

/** SIGKILL at a random moment, half of them as soon as a scrape has shown what there is. */
export async function kill(rig: Rig): Promise<string> {
  await rig.pause(0, 3000)
  const seen = rig.random.chance(0.5) ? await rig.scraper.next(1000) : undefined
  await rig.exporter.kill()
  await rig.pause(0, 500)
  return `${seen ? 'right after a scrape; ' : ''}${await upAgain(rig)}`
}

/** SIGKILL while it starts, once or several times. */
export async function killAtStart(rig: Rig): Promise<string> {
  await rig.exporter.kill()
  const times = rig.random.integer(1, 3)
  for (let i = 0; i < times; i++) {
    const exporter = rig.spawn()
    // Half of them about when it restores its state, which is some time after Node.js has started.
    await rig.pause(0, rig.random.chance(0.5) ? 1200 : 400)
    await exporter.kill()
  }
  return `${times} times; ${await upAgain(rig)}`
}

/** SIGKILL while a commit is being written, or a moment after. */
export async function killInCommit(rig: Rig): Promise<string> {
  const delay = rig.random.chance(0.5) ? 0 : rig.random.between(0, rig.random.chance(0.5) ? 3 : 100)
  const hit = await strike(rig.exporter, rig.stateDir, 'commit', delay)
  const when = hit ? `${delay.toFixed(1)} ms after it began` : 'no commit came: killed all the same'
  return `${when}; ${await upAgain(rig)}`
}

/** SIGKILL while something is written between two commits: a compaction, or a checkpoint of the log. */
export async function killInCompaction(rig: Rig): Promise<string> {
  const delay = rig.random.chance(0.5) ? 0 : rig.random.between(0, 10)
  const hit = await strike(rig.exporter, rig.stateDir, 'compaction', delay)
  const when = hit ? `${delay.toFixed(1)} ms after it began` : 'none came: killed all the same'
  return `${when}; ${await upAgain(rig)}`
}

/** SIGSTOP and SIGCONT, or a SIGKILL in between. */
export async function stopAndContinue(rig: Rig, mayKill: boolean): Promise<string> {
  const { exporter } = rig
  const ms = rig.random.between(200, 4000)
  exporter.signal('SIGSTOP')
  await sleep(ms)
  if (mayKill && rig.random.chance(0.3)) {
    await exporter.kill()
    return `stopped for ${(ms / 1000).toFixed(1)} s and killed; ${await upAgain(rig)}`
  }
  exporter.signal('SIGCONT')
  return `for ${(ms / 1000).toFixed(1)} s`
}

/** SIGTERM, and a start. */
export async function restart(rig: Rig): Promise<string> {
  await rig.pause(0, 1000)
  await rig.exporter.stop()
  await rig.pause(0, 500)
  return upAgain(rig)
}
