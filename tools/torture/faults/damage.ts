import { open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseSamples, type Samples } from '../../stack/samples.ts'
import { SOURCES, sourcesSection, writeConfig } from '../config.ts'
import { COMMIT_INTERVAL_MS, LOSS, NAMES_STATE, RESTORED, STATE_DB } from '../contract.ts'
import { copyInto, filesIn } from '../disk.ts'
import { describeDifference, type ExpectedCounts } from '../expected-counts.ts'
import type { Random } from '../random.ts'
import type { Rig } from '../rig.ts'
import { describeEnd, type Ended, ExporterProcess, lastLines } from '../runner.ts'
import { metricsOf } from '../scraper.ts'

/** The reaction of an exporter to a damaged copy. Only `wrong` is a fault of the exporter. */
export type Outcome = 'refused' | 'repaired' | 'unaffected' | 'wrong'

export interface DamageResult {
  outcome: Outcome
  detail: string
}

/** Time limit of an exporter on a copy, in milliseconds. */
const COPY_MS = 60_000

/** How long counts must be unchanged to be final, in milliseconds. */
const SETTLED_MS = 4 * COMMIT_INTERVAL_MS

/** How long to wait after a reported loss, to see whether anything counts twice; milliseconds. */
const LINGER_MS = 2 * COMMIT_INTERVAL_MS

/**
 * Ends the exporter, copies its state, damages the copies, and starts a second exporter on each with the same input
 * files. Nothing is written meanwhile, so the expected counts are known.
 */
export async function damage(rig: Rig, outcomes: Outcome[]): Promise<string> {
  const { folder } = rig.options
  rig.producer.pause()
  await rig.pause(0, 1000)
  const how = await rig.end(0.5)
  const origin = join(folder, 'copies', `${rig.starts}`)
  await copyInto(rig.stateDir, origin)
  // If the log contains the latest version of a page, damage to it in the database has no effect.
  if (rig.random.chance(0.5)) copyLogBack(origin)
  await rig.start()
  const results: string[] = []
  if (outcomes.length === 0) {
    const { outcome, detail } = await startOnCopy(rig, origin, 'control', async () => {})
    if (outcome !== 'unaffected') rig.problem(`an undamaged copy of the state was ${outcome}: ${detail}`)
    results.push(`an undamaged copy ${outcome}`)
  }
  const copies = rig.random.integer(2, 4)
  for (let i = 1; i <= copies; i++) {
    let what = ''
    const { outcome, detail } = await startOnCopy(rig, origin, `${i}`, async copy => {
      what = await damageOne(copy, rig.random)
    })
    outcomes.push(outcome)
    if (outcome === 'wrong') rig.problem(`a copy of the state (after ${how}) with ${what}: ${detail}`)
    results.push(`${what}: ${outcome}`)
    if (outcome === 'wrong') break
  }
  if (!rig.hasFailed) await rm(origin, { recursive: true })
  await rig.caughtUp(SOURCES)
  rig.producer.resume()
  return `after ${how}, ${results.join('; ')}`
}

/** Makes SQLite copy its write-ahead log back, as at a clean stop. */
function copyLogBack(folder: string): void {
  const db = new DatabaseSync(join(folder, STATE_DB))
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}

/** Truncates a file of a folder, flips one bit, or overwrites some bytes. Returns the damage in words. */
export async function damageOne(folder: string, random: Random): Promise<string> {
  const { name, size } = await fileToDamage(folder, random)
  const at = random.integer(0, size - 1)
  const handle = await open(join(folder, name), 'r+')
  try {
    const kind = random.next()
    if (kind < 0.3) {
      await handle.truncate(at)
      return `${name} cut at byte ${at} of ${size}`
    }
    const count = kind < 0.65 ? 1 : Math.min(random.pick([8, 64, 4096]), size - at)
    const { buffer: old } = await handle.read(Buffer.alloc(count), 0, count, at)
    // One bit turns a digit or letter into another: SQLite cannot detect that.
    const bytes =
      kind < 0.65 ? Buffer.of((old[0] as number) ^ (1 << random.integer(0, 7))) : random.bytes(count)
    if (bytes.equals(old)) bytes[0] = ~(old[0] as number) & 0xff
    await handle.write(bytes, 0, count, at)
    const what = kind < 0.65 ? 'one bit of' : `${count} bytes overwritten in`
    return `${what} ${name} at byte ${at} of ${size}`
  } finally {
    await handle.close()
  }
}

/** SQLite recreates its shared memory at every start, so that is damaged only rarely. */
async function fileToDamage(folder: string, random: Random): Promise<{ name: string; size: number }> {
  const files = (await filesIn(folder)).filter(({ size }) => size > 0)
  const lasting = files.filter(({ name }) => !name.endsWith('-shm'))
  return random.pick(random.chance(0.1) ? files : lasting)
}

/** Starts an exporter on a damaged copy of a state directory, and checks its reaction. */
async function startOnCopy(
  rig: Rig,
  origin: string,
  name: string,
  damaged: (copy: string) => Promise<void>,
): Promise<DamageResult> {
  const { folder, program } = rig.options
  const copy = `${origin}-${name}`
  const prefix = `copy-${basename(copy)}`
  const [config, log] = [join(folder, `${prefix}.yml`), join(folder, `${prefix}.log`)]
  await copyInto(origin, copy)
  await damaged(copy)
  writeConfig(config, { topics: rig.topics, stateDir: copy, sources: sourcesSection(false) })
  const exporter = new ExporterProcess({ program, folder, config: basename(config), log })
  let result: DamageResult
  try {
    result = await checkCopy(exporter, rig.expected, () => lastLines(log, 1000))
  } catch (error) {
    result = { outcome: 'wrong', detail: (error as Error).message }
  } finally {
    if (!exporter.hasEnded) await exporter.kill()
  }
  if (result.outcome !== 'wrong') for (const path of [copy, config, log]) await rm(path, { recursive: true })
  return result
}

async function checkCopy(
  exporter: ExporterProcess,
  expected: ExpectedCounts,
  log: () => string[],
): Promise<DamageResult> {
  const ready = await exporter.ready()
  if (ready !== 'ready') return checkFailedStart(ready, log())
  const deadline = performance.now() + COPY_MS
  let last = ''
  let changedAt = performance.now()
  let namedAt: number | undefined
  for (;;) {
    const text = await metricsOf(exporter)
    if (exporter.hasEnded) {
      const end = describeEnd(await exporter.ended)
      return {
        outcome: 'wrong',
        detail: `it started, and ended with ${end}:\n  ${log().slice(-5).join('\n  ')}`,
      }
    }
    const now = performance.now()
    if (text !== undefined) {
      const samples = parseSamples(text)
      const result = checkCounts(samples, expected, log())
      if (result.outcome === 'unaffected') return result
      if (result.outcome === 'repaired') {
        namedAt ??= now
        if (now - namedAt > LINGER_MS) return result
      }
      const counts = JSON.stringify(samples.all('mood_source_records_total'))
      if (counts !== last) changedAt = now
      last = counts
      if (now - changedAt > SETTLED_MS || now > deadline) return result
    } else if (now > deadline) return { outcome: 'wrong', detail: '/metrics did not answer' }
    await sleep(100)
  }
}

/** An exporter that rejects a damaged state must say so in one line, and exit with a code other than 0. */
export function checkFailedStart(ended: Ended, log: readonly string[]): DamageResult {
  const errors = log.filter(isError)
  const shown = `\n  ${log.slice(-5).join('\n  ')}`
  if (ended.code === null || ended.code === 0)
    return { outcome: 'wrong', detail: `it ended with ${describeEnd(ended)}${shown}` }
  if (errors.length !== 1 || !NAMES_STATE.test(errors[0] as string))
    return { outcome: 'wrong', detail: `it refused without one line that names the state${shown}` }
  return { outcome: 'refused', detail: errors[0] as string }
}

/** Counts are right, or a loss is reported in the log and by a metric; a record must never count twice. */
export function checkCounts(
  samples: Samples,
  expected: ExpectedCounts,
  log: readonly string[],
): DamageResult {
  const differences = expected.compare(samples, SOURCES)
  const twice = differences.find(
    ({ metric, written, shown }) => metric === 'mood_source_records_total' && shown > written,
  )
  const byMetric = isLossShown(samples)
  const byLog = log.some(line => isWarning(line) && NAMES_STATE.test(line))
  if (differences.length === 0 && !byMetric) return { outcome: 'unaffected', detail: 'the counts are right' }
  if (twice) return { outcome: 'wrong', detail: `counted twice: ${describeDifference(twice)}` }
  if (byMetric && byLog) return { outcome: 'repaired', detail: 'the loss is named' }
  const silence = byMetric
    ? 'a metric shows a loss that the log does not name'
    : byLog
      ? 'the log names a loss that no metric shows'
      : 'neither the log nor a metric names a loss'
  const some = differences.slice(0, 5).map(describeDifference).join('; ')
  return { outcome: 'wrong', detail: `${silence}: ${some}` }
}

function isLossShown(samples: Samples): boolean {
  const restored = samples.all(RESTORED)
  if (restored.some(({ value }) => value === 0)) return true
  return samples.every().some(({ name, value }) => LOSS.test(name) && value > 0)
}

/** The level of a log line by pino's numbers; a line that is not JSON counts as an error. */
function levelOf(line: string): number {
  try {
    const { level } = JSON.parse(line)
    return typeof level === 'number'
      ? level
      : ({ trace: 10, debug: 20, info: 30, warn: 40 }[level as string] ?? 50)
  } catch {
    return 50
  }
}

/** Warnings of Node.js itself, such as for an experimental module. */
const OF_NODE = /^\((node:\d+|Use `node )/

const isError = (line: string) => line.trim() !== '' && !OF_NODE.test(line) && levelOf(line) >= 50
const isWarning = (line: string) => !OF_NODE.test(line) && levelOf(line) >= 40
