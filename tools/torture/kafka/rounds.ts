import type { Subject } from '../subject.ts'
import { KAFKA_FAULTS, type KafkaFaultKind } from './faults.ts'

/** A fault, and what it is done to: see the faults. */
export interface Strike {
  kind: KafkaFaultKind
  member: Subject | undefined
}

/** How many faults one exporter gets in a round, one after the other: the broker takes as long to come back. */
const EACH = 2

/** How many faults of a plan are looked at for one round. */
const LOOK_AHEAD = 12

/** Puts the faults of a plan into rounds, of which each thing that faults are done to has a lane: lanes are done at once. */
export class Rounds {
  readonly #plan: Iterator<KafkaFaultKind>
  readonly #overlap: boolean
  /** Faults that did not fit into the rounds before: they come first. */
  #held: KafkaFaultKind[] = []

  /** @param overlap whether a round may hold several faults */
  constructor(plan: Iterator<KafkaFaultKind>, overlap: boolean) {
    this.#plan = plan
    this.#overlap = overlap
  }

  /**
   * The lanes of the next round: one with one fault of the fleet, or one of some exporters each and at most one of the broker.
   *
   * @param members the exporters that run, in the order in which they get faults
   */
  next(members: readonly Subject[]): Strike[][] {
    const round = this.#draw(members.length)
    const ofMembers = round.filter(kind => KAFKA_FAULTS[kind].to === 'member')
    const lanes = members.map((member, lane) =>
      ofMembers.filter((_, i) => i % members.length === lane).map((kind): Strike => ({ kind, member })),
    )
    // One that has none may go with the broker.
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
