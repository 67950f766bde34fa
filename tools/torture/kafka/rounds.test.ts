import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { planOf } from '../schedule.ts'
import type { Subject } from '../subject.ts'
import { KAFKA_FAULTS, type KafkaFaultKind } from './faults.ts'
import { Rounds } from './rounds.ts'

const KINDS = (Object.keys(KAFKA_FAULTS) as KafkaFaultKind[]).filter(kind => !KAFKA_FAULTS[kind].needsGroup)
const MEMBERS = ['a', 'b', 'c'] as unknown as Subject[]

const planned = (seed: number) => planOf(KINDS, kind => KAFKA_FAULTS[kind].weight, new Random(seed, 'faults'))

function* counted(seed: number, drawn: KafkaFaultKind[]) {
  for (const kind of planned(seed)) {
    drawn.push(kind)
    yield kind
  }
}

test.for([1, 2, 3])('with %s exporters faults overlap where they can, and none is left out', members => {
  for (let seed = 1; seed <= 20; seed++) {
    const drawn: KafkaFaultKind[] = []
    const rounds = new Rounds(counted(seed, drawn), true)
    const done: KafkaFaultKind[] = []
    const sizes: number[] = []
    for (let i = 0; i < 100; i++) {
      const lanes = rounds.next(MEMBERS.slice(0, members))
      const round = lanes.flat()
      sizes.push(lanes.length)
      const faults = round.map(({ kind }) => KAFKA_FAULTS[kind])
      const brokers = faults.filter(({ to }) => to === 'broker')
      if (faults.some(({ to }) => to === 'fleet')) expect(round).toHaveLength(1)
      expect(brokers.length).toBeLessThanOrEqual(1)
      expect(brokers.length > 0 && faults.some(({ needsRecords }) => needsRecords)).toBe(false)
      for (const [i, { to }] of faults.entries()) if (to === 'member') expect(round[i]?.member).toBeDefined()
      // No exporter is in two lanes.
      const hit = lanes.flatMap(lane => [...new Set(lane.flatMap(({ member }) => member ?? []))])
      expect(new Set(hit).size).toBe(hit.length)
      done.push(...round.map(({ kind }) => kind))
    }
    // What waits is little.
    expect(drawn.length - done.length).toBeLessThan(15)
    const left = [...drawn]
    for (const kind of done) left.splice(left.indexOf(kind), 1)
    expect(left).toHaveLength(drawn.length - done.length)
    expect(Math.max(...sizes)).toBe(members + 1)
  }
})

test('one at a time where they may not overlap, as the plan has them', () => {
  const rounds = new Rounds(planned(1), false)
  const plan = planned(1)
  for (let i = 0; i < 50; i++) {
    const [strike, ...others] = rounds.next(MEMBERS).flat()
    expect(others).toEqual([])
    expect(strike?.kind).toBe(plan.next().value)
  }
})
