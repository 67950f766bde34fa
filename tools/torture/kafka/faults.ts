import { setTimeout as sleep } from 'node:timers/promises'
import { fullDisk } from '../faults/full-disk.ts'
import { kill, killAtStart, killInCommit, restart, stopAndContinue } from '../faults/kill.ts'
import { Failure } from '../runner.ts'
import type { Subject } from '../subject.ts'
import type { Fleet } from './fleet.ts'
import { GROUP_SESSION_MS } from './member-config.ts'

interface KafkaFault {
  title: string
  /** Its frequency relative to the others. */
  weight: number
  /** Its target. Faults of several exporters and one of the broker may overlap; a fault of the fleet runs alone. */
  to: 'member' | 'broker' | 'fleet'
  needsState: boolean
  /** Whether it needs a consumer group, whose partitions move between members. */
  needsGroup: boolean
  /** Whether records must arrive during the fault: then it does not overlap with a fault of the broker. */
  needsRecords: boolean
  /**
   * Causes the fault, and returns a description.
   *
   * @param member the one that it is done to; for a fault of the broker one that may be killed as well, if there is one
   */
  run: (fleet: Fleet, member: Subject | undefined) => Promise<string>
}

type Needs = Partial<Pick<KafkaFault, 'needsState' | 'needsGroup' | 'needsRecords'>>

const fault = (
  title: string,
  weight: number,
  to: KafkaFault['to'],
  run: KafkaFault['run'],
  needs: Needs = {},
): KafkaFault => ({
  title,
  weight,
  to,
  run,
  needsState: false,
  needsGroup: false,
  needsRecords: false,
  ...needs,
})

/** A fault of one exporter. */
const ofMember = (
  title: string,
  weight: number,
  run: (member: Subject, fleet: Fleet) => Promise<string>,
  needs?: Needs,
): KafkaFault =>
  fault(
    title,
    weight,
    'member',
    async (fleet, member) => {
      if (!member) throw new Failure(`there is no exporter for: ${title}`)
      return `exporter ${fleet.members.indexOf(member)}: ${await run(member, fleet)}`
    },
    needs,
  )

/** All kinds of faults of `--kafka`, by the names for `--faults`. */
export const KAFKA_FAULTS = {
  kill: ofMember('kill -9', 3, kill),
  start: ofMember('kill -9 at the start', 1, killAtStart),
  commit: ofMember('kill -9 in a commit', 2, killInCommit, { needsState: true }),
  stop: ofMember('stop and continue', 1, member => stopAndContinue(member, true)),
  restart: ofMember('SIGTERM and start', 1, restart),
  roll: fault('rolling restart', 1, 'fleet', roll),
  all: fault('kill -9 of every exporter', 1, 'fleet', killAll),
  disk: ofMember('full disk', 1, fillDisk, { needsState: true, needsRecords: true }),
  members: fault('change of members', 2, 'fleet', changeMembers),
  away: fault('kill -9, away until partitions move', 2, 'fleet', killAndStayAway, { needsGroup: true }),
  freeze: fault('stopped until partitions move', 1, 'fleet', freeze, { needsGroup: true }),
  'broker-kill': fault('kill -9 of the broker', 2, 'broker', killBroker),
  'broker-stop': fault('stop and continue of the broker', 1, 'broker', stopBroker),
  'broker-restart': fault('SIGTERM and start of the broker', 1, 'broker', restartBroker),
} as const satisfies Record<string, KafkaFault>

export type KafkaFaultKind = keyof typeof KAFKA_FAULTS

export const KAFKA_FAULT_KINDS = Object.keys(KAFKA_FAULTS) as KafkaFaultKind[]

/** Restarts the exporters one after another. */
async function roll({ running }: Fleet): Promise<string> {
  for (const member of running) await restart(member)
  return `${running.length} exporters`
}

async function killAll({ running, random }: Fleet): Promise<string> {
  await sleep(random.between(0, 2000))
  await Promise.all(running.map(({ exporter }) => exporter.kill()))
  const seconds = await Promise.all(running.map(member => member.start()))
  return `all ready again after ${Math.max(...seconds).toFixed(1)} s`
}

/** A full disk of one exporter while it has records to read. */
async function fillDisk(member: Subject, fleet: Fleet): Promise<string> {
  if (fleet.options.group) await fleet.hasSettled()
  return fullDisk(member)
}

/** With fixed shares: changes the number of shares. In a group: a member leaves cleanly and joins again. */
async function changeMembers(fleet: Fleet): Promise<string> {
  const { options, random, running, members } = fleet
  if (!options.group) {
    const others = Array.from({ length: options.exporters }, (_, i) => i + 1)
    const of = random.pick(others.filter(of => of !== running.length))
    const before = running.length
    await fleet.changeShares(of)
    return `from ${before} shares to ${of}`
  }
  await fleet.hasSettled()
  const member = random.pick(running)
  await member.exporter.stop()
  await fleet.partitionsMoved(member)
  await member.pause(500, 3000)
  await member.start()
  return `exporter ${members.indexOf(member)} left and joined`
}

/** SIGKILL of a member, which is started again only after others have its partitions. */
async function killAndStayAway(fleet: Fleet): Promise<string> {
  await fleet.hasSettled()
  const member = fleet.random.pick(fleet.running)
  await member.pause(0, 2000)
  const isUnanswered = fleet.random.chance(0.5)
  const broker = fleet.options.kafka.process
  // What it has read meanwhile is counted, but cannot be committed to the group.
  if (isUnanswered) broker?.kill('SIGSTOP')
  if (isUnanswered) await member.pause(1000, 2500)
  await member.exporter.kill()
  broker?.kill('SIGCONT')
  const seconds = await fleet.partitionsMoved(member)
  await member.pause(0, 2000)
  await member.start()
  const when = isUnanswered ? 'while the broker did not answer; ' : ''
  return `exporter ${fleet.members.indexOf(member)}: ${when}others had its partitions after ${seconds.toFixed(1)} s`
}

/** SIGSTOP of a member until others have its partitions, then SIGCONT: it does not yet know that it has lost them. */
async function freeze(fleet: Fleet): Promise<string> {
  await fleet.hasSettled()
  const member = fleet.random.pick(fleet.running)
  const { exporter } = member
  exporter.signal('SIGSTOP')
  const seconds = await fleet.partitionsMoved(member)
  exporter.signal('SIGCONT')
  // A member that continues has lost its membership, and joins again.
  await member.pause(GROUP_SESSION_MS / 4, GROUP_SESSION_MS / 2)
  return `exporter ${fleet.members.indexOf(member)} for ${seconds.toFixed(1)} s`
}

/** SIGKILL of the broker; sometimes also of an exporter, which then starts without a broker. */
async function killBroker(fleet: Fleet, member: Subject | undefined): Promise<string> {
  await sleep(fleet.random.between(0, 2000))
  await fleet.options.kafka.stop('SIGKILL')
  return brokerAway(fleet, member)
}

/** SIGSTOP of the broker for up to 5 s, then SIGCONT or SIGKILL. */
async function stopBroker(fleet: Fleet, member: Subject | undefined): Promise<string> {
  const { kafka } = fleet.options
  const ms = fleet.random.between(500, 5000)
  kafka.process?.kill('SIGSTOP')
  await sleep(ms)
  const how = `for ${(ms / 1000).toFixed(1)} s`
  if (fleet.random.chance(0.3)) {
    await kafka.stop('SIGKILL')
    return `${how} and killed; ${await brokerAway(fleet, member)}`
  }
  kafka.process?.kill('SIGCONT')
  return how
}

async function restartBroker(fleet: Fleet, member: Subject | undefined): Promise<string> {
  await fleet.options.kafka.stop()
  return brokerAway(fleet, member)
}

/** Stops the broker and starts it on the same data; sometimes an exporter is killed and started meanwhile. */
async function brokerAway(fleet: Fleet, free: Subject | undefined): Promise<string> {
  const { random, members } = fleet
  const ms = random.between(0, 3000)
  await sleep(ms)
  const member = random.chance(0.3) ? free : undefined
  await member?.exporter.kill()
  const ready = member?.start()
  // Awaited below; until then a failure has no handler, which would end this process.
  ready?.catch(() => {})
  await fleet.startBroker()
  await ready
  const also = member ? `, exporter ${members.indexOf(member)} killed meanwhile` : ''
  return `away for ${(ms / 1000).toFixed(1)} s${also}`
}
