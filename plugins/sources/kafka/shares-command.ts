import { Admin } from '@platformatic/kafka'
import type { CommandContext, CommandResult } from 'mood-exporter/plugin'
import { clientOptions } from '../../kafka/client.ts'
import { explainKafka } from '../../kafka/error.ts'
import { LATEST, listedOffsets } from './listed-offsets.ts'
import { readNote } from './note.ts'
import { type CommittedOffset, NotedConsumer } from './noted-offsets.ts'
import type { KafkaOptions } from './options.ts'
import { byTopic, isInShare, nameOf, type TopicPartition } from './partition.ts'
import { Topics } from './topics.ts'

/** A broker that has just started does not know its groups immediately. */
const RETRIES = 5
const RETRY_MS = 500

/** The reader of a partition, and its offset. */
interface Row {
  partition: string
  /** Its share, such as `0/3`; null if it was not read with fixed shares. */
  share: string | null
  /**
   * `stopped`: everything counted is committed; `running`: or killed; `unread`: nothing is committed; `unknown`:
   * another program committed the offset.
   */
  state: 'stopped' | 'running' | 'unread' | 'unknown'
  offset: number | null
  /** The offset after the last record. */
  end: number
  left: number
}

/**
 * `mood-exporter kafka shares`: whether all exporters of a fleet with fixed shares have stopped and committed
 * everything they counted, so that the number of shares may change. Changes nothing. Rejects if the brokers do not
 * answer.
 *
 * @param action the future number of shares, or nothing
 */
export async function sharesCommand(
  action: string,
  options: KafkaOptions,
  { baseDir }: CommandContext,
): Promise<CommandResult> {
  const base = { ...(await clientOptions(options, baseDir)), retries: RETRIES, retryDelay: RETRY_MS }
  const client = new NotedConsumer({ ...base, groupId: options.group })
  const admin = new Admin(base)
  const topics = new Topics(client, base, options)
  try {
    const partitions = [...(await topics.find())].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    )
    const rows = await rowsOf(client, partitions)
    const members = await membersOf(admin, options.group)
    return shown(options.group, partitions, rows, members, action === '' ? null : Number(action))
  } catch (error) {
    throw new Error(explainKafka(error), { cause: error })
  } finally {
    await Promise.allSettled([client.close(true), admin.close(), topics.close()])
  }
}

async function rowsOf(client: NotedConsumer, partitions: readonly TopicPartition[]): Promise<Row[]> {
  const committed = await client.committedOf(byTopic(partitions))
  const ends = await listedOffsets(client, partitions, LATEST)
  return partitions.map(at => {
    const end = ends.get(nameOf(at)) ?? 0
    return { partition: nameOf(at), ...readOf(committed.get(nameOf(at)), end), end }
  })
}

function readOf(
  committed: CommittedOffset | undefined,
  end: number,
): Pick<Row, 'share' | 'state' | 'offset' | 'left'> {
  if (!committed) return { share: null, state: 'unread', offset: null, left: end }
  const { offset, note: text } = committed
  const note = readNote(text)
  const state = note ? (note.released ? 'stopped' : 'running') : 'unknown'
  return { share: note?.share ?? null, state, offset, left: Math.max(0, end - offset) }
}

/** The number of members of the group; none if there is no such group. */
async function membersOf(admin: Admin, group: string): Promise<number> {
  const groups = await admin.describeGroups({ groups: [group] }).catch(() => null)
  return groups?.get(group)?.members.size ?? 0
}

function shown(
  group: string,
  partitions: readonly TopicPartition[],
  rows: readonly Row[],
  members: number,
  of: number | null,
): CommandResult {
  const problems = problemsOf(rows, members)
  const shares = of === null ? [] : sharesOf(partitions, of)
  const left = rows.reduce((sum, row) => sum + row.left, 0)
  const head = ['partition', 'share', 'state', 'offset', 'end', 'left']
  const cells = rows.map(row => [
    row.partition,
    row.share ?? '-',
    row.state === 'running' ? 'not stopped' : row.state,
    `${row.offset ?? '-'}`,
    `${row.end}`,
    `${row.left}`,
  ])
  const conclusion =
    problems.length === 0
      ? [
          `All of the group ${group} have stopped and committed what they counted: the number of shares may change.`,
        ]
      : problems
  const lines = [
    ...aligned([head, ...cells]),
    '',
    ...conclusion,
    `${left} records are left for the next reader.`,
    ...shares.map(
      ({ share, partitions }) => `share ${share} of ${of}: ${partitions.join(', ') || 'no partition'}`,
    ),
  ]
  return {
    text: lines.join('\n'),
    data: { group, members, partitions: rows.map(row => ({ ...row })), problems, left, shares },
    failed: problems.length > 0,
  }
}

/** What must be done before the number of shares may change. */
function problemsOf(rows: readonly Row[], members: number): string[] {
  const problems: string[] = []
  if (members > 0)
    problems.push(
      `The partitions are shared out by a group (members: ${members}): stop these, or use another group.`,
    )
  const running = Map.groupBy(
    rows.filter(({ state }) => state === 'running'),
    ({ share }) => share,
  )
  for (const [share, own] of running) {
    const who = share === null ? 'A member of the group' : `Share ${share.replace('/', ' of ')}`
    problems.push(
      `${who} has not stopped (${own.map(({ partition }) => partition).join(', ')}): stop it. If it was killed, start it and stop it again.`,
    )
  }
  const unknown = rows.filter(({ state }) => state === 'unknown').map(({ partition }) => partition)
  if (unknown.length > 0)
    problems.push(
      `Another program, or an exporter of an older version, committed the offsets of ${unknown.join(', ')}: start the exporters and stop them again.`,
    )
  return problems
}

function sharesOf(
  partitions: readonly TopicPartition[],
  of: number,
): { share: number; partitions: string[] }[] {
  return Array.from({ length: of }, (_, share) => ({
    share,
    partitions: partitions.filter(partition => isInShare(partition, share, of)).map(nameOf),
  }))
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => (row[i] as string).length)))
  return rows.map(row =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  )
}
