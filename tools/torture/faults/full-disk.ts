import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { copyInto, empty, filesIn, fill, mount, unmount } from '../disk.ts'
import { Failure } from '../runner.ts'
import type { Subject } from '../subject.ts'

/** Free space beside the state, in bytes. */
const SPARE_BYTES = 16 * 1024 * 1024

/** How long `/metrics` may take to answer while the disk is full, on a machine with a lot else to do; milliseconds. */
const ANSWER_MS = 30_000

/** How long the exporter may take to commit again after space is freed, in milliseconds. */
const RECOVERY_MS = 30_000

/**
 * Moves the state to a small file system, fills it while the exporter runs, frees the space, and moves the state
 * back.
 */
export async function fullDisk(subject: Subject): Promise<string> {
  const { stateDir } = subject
  const aside = `${stateDir}.aside`
  mkdirSync(aside)
  await subject.end(0.5)
  const bytes = (await filesIn(stateDir)).reduce((sum, { size }) => sum + size, 0)
  await copyInto(stateDir, aside)
  await empty(stateDir)
  mount(stateDir, bytes + SPARE_BYTES)
  await copyInto(aside, stateDir)
  await subject.start()
  await subject.pause(1000, 3000)
  const how = await whileFull(subject)
  await subject.end(0.5)
  await empty(aside)
  await copyInto(stateDir, aside)
  unmount(stateDir)
  await copyInto(aside, stateDir)
  await rm(aside, { recursive: true })
  await subject.start()
  return how
}

async function whileFull(subject: Subject): Promise<string> {
  const { scraper } = subject
  const records = () => scraper.latest?.sum('mood_source_records_total') ?? 0
  const free = fill(subject.stateDir)
  try {
    const ms = subject.random.between(2500, 6000)
    await sleep(ms)
    // Throws if it has ended.
    const { exporter } = subject
    if (!(await scraper.next(ANSWER_MS))) throw new Failure('/metrics did not answer while the disk was full')
    if (subject.random.chance(0.3)) {
      await exporter.kill()
      free()
      await subject.start()
      return `for ${(ms / 1000).toFixed(1)} s, and killed`
    }
    // Pages in use can be overwritten, so some commits may have succeeded.
    const before = records()
    free()
    const deadline = performance.now() + RECOVERY_MS
    while (records() <= before) {
      if (performance.now() > deadline)
        throw new Failure(
          `nothing was committed within ${RECOVERY_MS / 1000} s of the disk having room again`,
        )
      await scraper.next(1000)
    }
    return `for ${(ms / 1000).toFixed(1)} s`
  } finally {
    free()
  }
}
