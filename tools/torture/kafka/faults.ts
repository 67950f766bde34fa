import { setTimeout as sleep } from 'node:timers/promises'
import { kill, killAtStart, killInCommit, restart, stopAndContinue } from '../faults/kill.ts'
import type { Subject } from '../subject.ts'
import type { Fleet } from './fleet.ts'

interface KafkaFault {
  title: string
  /** How often it comes, against the others. */
  weight: number
  needsState: boolean
  /** Does it and says how. */
  run: (fleet: Fleet) => Promise<string>
}

const fault = (title: string, weight: number, run: KafkaFault['run'], needsState = false): KafkaFault => ({
  title,
  weight,
  run,
  needsState,
})

/** Does it to one exporter. */
const toOne =
  (run: (member: Subject) => Promise<string>) =>
  async (fleet: Fleet): Promise<string> => {
    const member = fleet.random.pick(fleet.members)
    return `exporter ${fleet.members.indexOf(member)}: ${await run(member)}`
  }

/** Every kind of fault of `--kafka`, by the name that `--faults` takes. */
export const KAFKA_FAULTS = {
  kill: fault('kill -9', 3, toOne(kill)),
  start: fault('kill -9 at the start', 1, toOne(killAtStart)),
  commit: fault('kill -9 in a commit', 2, toOne(killInCommit), true),
  stop: fault(
    'stop and continue',
    1,
    toOne(member => stopAndContinue(member, true)),
  ),
  restart: fault('SIGTERM and start', 1, toOne(restart)),
  roll: fault('rolling restart', 1, roll),
  all: fault('kill -9 of every exporter', 1, killAll),
  'broker-kill': fault('kill -9 of the broker', 2, killBroker),
  'broker-stop': fault('stop and continue of the broker', 1, stopBroker),
  'broker-restart': fault('SIGTERM and start of the broker', 1, restartBroker),
} as const satisfies Record<string, KafkaFault>

export type KafkaFaultKind = keyof typeof KAFKA_FAULTS

export const KAFKA_FAULT_KINDS = Object.keys(KAFKA_FAULTS) as KafkaFaultKind[]

/** Stops and starts one exporter after the other. */
async function roll({ members }: Fleet): Promise<string> {
  for (const member of members) await restart(member)
  return `${members.length} exporters`
}

async function killAll({ members, random }: Fleet): Promise<string> {
  await sleep(random.between(0, 2000))
  await Promise.all(members.map(({ exporter }) => exporter.kill()))
  const seconds = await Promise.all(members.map(member => member.start()))
  return `all ready again after ${Math.max(...seconds).toFixed(1)} s`
}

/** SIGKILL of the broker, of some also an exporter, which starts while there is none. */
async function killBroker(fleet: Fleet): Promise<string> {
  await sleep(fleet.random.between(0, 2000))
  await fleet.options.kafka.stop('SIGKILL')
  return brokerAway(fleet)
}

/** SIGSTOP of the broker for up to 5 s, then SIGCONT or SIGKILL. */
async function stopBroker(fleet: Fleet): Promise<string> {
  const { kafka } = fleet.options
  const ms = fleet.random.between(500, 5000)
  kafka.process?.kill('SIGSTOP')
  await sleep(ms)
  const how = `for ${(ms / 1000).toFixed(1)} s`
  if (fleet.random.chance(0.3)) {
    await kafka.stop('SIGKILL')
    return `${how} and killed; ${await brokerAway(fleet)}`
  }
  kafka.process?.kill('SIGCONT')
  return how
}

async function restartBroker(fleet: Fleet): Promise<string> {
  await fleet.options.kafka.stop()
  return brokerAway(fleet)
}

/** The broker is down: it comes back on its data, some after an exporter was killed and started. */
async function brokerAway(fleet: Fleet): Promise<string> {
  const { random, members } = fleet
  const ms = random.between(0, 3000)
  await sleep(ms)
  const member = random.chance(0.3) ? random.pick(members) : undefined
  await member?.exporter.kill()
  const ready = member?.start()
  // Awaited below; until then a failure has no handler, which would end this process.
  ready?.catch(() => {})
  await fleet.startBroker()
  await ready
  const also = member ? `, exporter ${members.indexOf(member)} killed meanwhile` : ''
  return `away for ${(ms / 1000).toFixed(1)} s${also}`
}
