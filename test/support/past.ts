import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Element, RunningPrometheus } from '../../tools/stack/prometheus.ts'

/** Further back than any rule of every ten seconds looks, and their step, in seconds. */
const PAST = { length: 3000, step: 10 }
/** What dashboards compare days with: as it was a day and a week before, for some minutes. */
const DAYS_BEFORE = [1, 7]
const DAY = 86_400
const OF_DAYS = /^topic(_lang)?:mood_posts(_by_emotion)?:last/

/**
 * Stored data in which rules have recorded, for fifty minutes until now, what they record at present: to know what is
 * usual some look back so far, and a test cannot wait.
 * @param names of the series that the rules record
 * @param folder where it may write
 * @returns the folder with the data, within that one
 */
export async function pastLike(
  prometheus: RunningPrometheus,
  names: ReadonlySet<string>,
  { promtool, folder }: { promtool: string; folder: string },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const recorded = await prometheus.query('{__name__=~".+:.+"}')
  const families = Map.groupBy(recorded, ({ labels }) => labels.__name__ as string)
  const texts = [...families].flatMap(([name, series]) =>
    names.has(name) ? [`# TYPE ${name} gauge\n`, ...series.map(one => course(name, one, now))] : [],
  )
  const [past, data] = [join(folder, 'past.txt'), join(folder, 'data')]
  await writeFile(past, `${texts.join('')}# EOF\n`)
  await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', past, data])
  await rm(past)
  return data
}

/** A series that has had its present value all the time, as OpenMetrics. */
function course(name: string, { labels, value }: Element, now: number): string {
  const pairs = Object.entries(labels).filter(([label]) => label !== '__name__')
  const start = `${name}{${pairs.map(([label, text]) => `${label}=${JSON.stringify(text)}`).join(',')}} ${value}`
  const times = Array.from({ length: PAST.length / PAST.step }, (_, i) => now - PAST.length + i * PAST.step)
  if (OF_DAYS.test(name))
    times.unshift(
      ...DAYS_BEFORE.toReversed().flatMap(days => times.map(time => time + PAST.length / 2 - days * DAY)),
    )
  return times.map(time => `${start} ${time}\n`).join('')
}
