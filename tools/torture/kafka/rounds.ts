import type { Subject } from '../subject.ts'
import { KAFKA_FAULTS, type KafkaFaultKind } from './faults.ts'

/** A fault and its target. */
export interface Strike {
  kind: KafkaFaultKind
  member: Subject | undefined
}

/** The number of faults of one exporter in a round, one after another: a fault of the broker takes about as long. */
const EACH = 2

/** How many faults of a plan are considered for one round. */
const LOOK_AHEAD = 12

/** Groups the faults of a plan into rounds. A round has one lane for each target; lanes run at the same time. */
export class Rounds {
  readonly #plan: Iterator<KafkaFaultKind>
  readonly #overlap: boolean
  /** Faults that did not fit into earlier rounds; they come first. */
  #held: KafkaFaultKind[] = []

  /** @param overlap whether a round may hold several faults */
  constructor(plan: Iterator<KafkaFaultKind>, overlap: boolean) {
    this.#plan = plan
    this.#overlap = overlap
  }

  /**
   * The lanes of the next round: a single lane with a fault of the fleet, or one for each of some exporters and at
   * most one for the broker.
   *
   * @param members the running exporters, in the order in which they get faults
   */
  next(members: readonly Subject[]): Strike[][] {
    const round = this.#draw(members.length)
    const ofMembers = round.filter(kind => KAFKA_FAULTS[kind].to === 'member')
    const lanes = members.map((member, lane) =>
      ofMembers.filter((_, i) => i % members.length === lane).map((kind): Strike => ({ kind, member })),
    )
    // A member without a fault may be killed together with the broker.
    const free = members[lanes.findIndex(lane => lane.length === 0)]
    const others = round
      .filter(kind => KAFKA_FAULTS[kind].to !== 'member')
      .map((kind): Strike[] => [{ kind, member: KAFKA_FAULTS[kind].to === 'broker' ? free : undefined }])
    return [...lanes.filter(lane => lane.length > 0), ...others]
  }

  #draw(members: number): KafkaFaultKind[] {
    const held = this.#held
    this.#held = []
    const round: KafkaFaultKind[] = []
    const most = this.#overlap ? LOOK_AHEAD : 1
    for (let looks = 0; held.length > 0 || looks < most; looks++) {
      const kind = held.shift() ?? (this.#plan.next().value as KafkaFaultKind)
      if (fits(kind, round, members)) round.push(kind)
      else this.#held.push(kind)
    }
    return round
  }
}

function fits(kind: KafkaFaultKind, round: readonly KafkaFaultKind[], members: number): boolean {
  const { to, needsRecords } = KAFKA_FAULTS[kind]
  if (round.length === 0) return true
  const faults = round.map(other => KAFKA_FAULTS[other])
  if (to === 'fleet' || faults.some(other => other.to === 'fleet')) return false
  const hasBroker = faults.some(other => other.to === 'broker')
  if (to === 'broker') return !hasBroker && !faults.some(other => other.needsRecords)
  return faults.filter(other => other.to === 'member').length < EACH * members && !(needsRecords && hasBroker)
}
