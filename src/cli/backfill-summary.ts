import { counted } from '../config/counted.ts'
import type { BackfillResult } from '../runtime/backfill/backfill.ts'

/** The bounds of samples as the command line gives them; Unix milliseconds. */
interface Bounds {
  since?: number | undefined
  until?: number | undefined
}

/** Describes the result of a complete backfill, and what to do with its files. */
export function summary(result: BackfillResult, out: string, { since, until }: Bounds): string {
  const { posts, dropped, read, samples, files, bytes, span } = result
  const lines = [
    `Read ${counted(posts, 'post')}${read ? `, written from ${day(read.first)} to ${day(read.last)}` : ''}.`,
    ...dropped.map(
      ({ source, reason, n }) => `Not counted: ${n.toLocaleString('en')} of ${source} (${reason}).`,
    ),
  ]
  if (!samples)
    return [...lines, `There is nothing to write: ${whyNothing(read, { since, until })}.`].join('\n')
  lines.push(`Wrote ${counted(files, 'file')}, ${Math.ceil(bytes / 1e6).toLocaleString('en')} MB, to ${out}.`)
  if (read && samples.last < read.last)
    lines.push(
      `Posts after ${instant(samples.last)} are not in them${until === undefined ? `: ${HEAD}` : ''}.`,
    )
  lines.push(
    '',
    'Into Prometheus, with its data in DATA:',
    `  for file in ${out}/*.om; do promtool tsdb create-blocks-from openmetrics --max-block-duration=${span / 3_600_000}h "$file" DATA; done`,
    'What to do next is in docs/backfill.md.',
  )
  return lines.join('\n')
}

const HEAD = 'Prometheus still writes to the last three hours'

/** Which bound excludes the posts, and when they were written. */
function whyNothing(read: BackfillResult['read'], { since, until }: Bounds): string {
  if (!read) return 'no post was counted'
  const posts = `the posts are from ${instant(read.first)} to ${instant(read.last)}`
  if (since !== undefined && since > read.last) return `${posts}, before --since ${instant(since)}`
  if (until !== undefined && until < read.first) return `${posts}, not before --until ${instant(until)}`
  return `${posts}, and ${HEAD}`
}

const instant = (at: number): string => new Date(at).toISOString()
const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
