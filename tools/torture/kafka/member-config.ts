import { join } from 'node:path'
import { LASTING, writeConfig } from '../config.ts'
import { CONFIG } from '../subject.ts'
import { SOURCE, TOPIC } from './topic.ts'

/** The consumer group. */
export const GROUP = 'torture'

/** The session timeout of the group, in milliseconds: longer than an exporter takes to start on a busy machine. */
export const GROUP_SESSION_MS = 10_000

export interface MemberConfig {
  folder: string
  brokers: string
  /** Whether it has a state directory. */
  state: boolean
  /** Its fixed share, or its number in the group. */
  part: { share: number; of: number } | { member: number; isStatic: boolean }
}

/** Writes the configuration of one exporter of a fleet. */
export function writeMemberConfig({ folder, brokers, state, part }: MemberConfig): void {
  const isShare = 'share' in part
  writeConfig(join(folder, CONFIG), {
    topics: LASTING,
    stateDir: state ? './state' : undefined,
    sources: [
      {
        use: 'kafka',
        name: SOURCE,
        brokers: [brokers],
        topics: [TOPIC],
        group: GROUP,
        format: 'post',
        ...(isShare ? { partitions: part } : { session_timeout: `${GROUP_SESSION_MS}ms` }),
        ...(!isShare && part.isStatic ? { instance_id: `exporter-${part.member}` } : {}),
        // Remembered ids do not move with a partition.
        dedupe: isShare,
      },
    ],
  })
}
