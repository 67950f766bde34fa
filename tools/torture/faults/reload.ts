import type { Samples } from '../../stack/samples.ts'
import { PASSING, type Topic } from '../config.ts'
import { RELOAD_WORKED, RELOADED_AT } from '../contract.ts'
import type { Rig } from '../rig.ts'
import { Failure } from '../runner.ts'

const RELOAD_MS = 30_000

/** The order of changes in even a short run: a topic with counts is removed and comes back. */
const FIRST_CHANGES: readonly Topic[] = ['comet', 'comet', 'quasar', 'quasar']

/** SIGHUP with the same configuration, optionally with a SIGKILL soon after. */
export async function reload(rig: Rig, mayKill: boolean): Promise<string> {
  await rig.pause(0, 1000)
  return hangUp(rig, mayKill)
}

/**
 * Adds or removes a topic while posts about others are written. The counts of a removed topic are removed; those of
 * one that comes back begin at zero. Call it when everything is committed and no post about a passing topic is being
 * written.
 */
export async function changeTopics(rig: Rig, mayKill: boolean): Promise<string> {
  const topic = FIRST_CHANGES[rig.topicChanges++] ?? rig.random.pick(PASSING)
  const isRemoved = rig.topics.has(topic)
  rig.scraper.ignoreTopic(topic)
  if (isRemoved) rig.topics.delete(topic)
  else rig.topics.add(topic)
  rig.configure()
  rig.producer.resume()
  await rig.pause(0, 500)
  const how = await hangUp(rig, mayKill)
  if (isRemoved) rig.expected.forget(topic)
  else rig.scraper.watchTopic(topic)
  return `${topic} ${isRemoved ? 'removed' : 'added'}, ${how}`
}

/** Reloads, and resolves once the configuration is in force. @throws Failure if the reload fails */
async function hangUp(rig: Rig, mayKill: boolean): Promise<string> {
  const { exporter } = rig
  const before = await rig.scraper.next(RELOAD_MS)
  exporter.signal('SIGHUP')
  if (mayKill && rig.random.chance(0.3)) {
    const ms = rig.random.between(0, 400)
    await rig.pause(ms, ms)
    await exporter.kill()
    await rig.start()
    return `killed ${ms.toFixed(0)} ms after the SIGHUP`
  }
  const deadline = performance.now() + RELOAD_MS
  const reloadedAt = (samples?: Samples) => samples?.sum(RELOADED_AT)
  for (;;) {
    const samples = await rig.scraper.next(Math.max(0, deadline - performance.now()))
    if (samples && samples.sum(RELOAD_WORKED) !== 1) throw new Failure('the configuration was not reloaded')
    if (samples && reloadedAt(samples) !== reloadedAt(before)) return 'reloaded'
    if (performance.now() > deadline) throw new Failure(`no reload within ${RELOAD_MS / 1000} s of a SIGHUP`)
    rig.assertRuns()
  }
}
