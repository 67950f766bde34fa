import { PLAIN } from './flags.ts'
import { CAPACITY } from './tokens.ts'

/** A word may be cut into what is negated and its negator, so a text has up to twice as many units as tokens. */
export const UNIT_CAPACITY = 2 * CAPACITY

/** The units of a text, with what negations make of them. One instance is used for post after post. */
export class Units {
  count = 0
  /** Whether scopes are marked in the text: otherwise all states are PLAIN. */
  isScoped = false
  /** Bits of flags.ts. */
  readonly flags = new Int32Array(UNIT_CAPACITY)
  /** PLAIN, REVERSED or SPENT. */
  readonly states = new Uint8Array(UNIT_CAPACITY)
  /** For a unit that is reversed: the negator that does it. */
  readonly by = new Int16Array(UNIT_CAPACITY)
  /** Where the records of the cached words begin. */
  readonly places = new Int32Array(UNIT_CAPACITY)
  /** Those that a word list has, in order, and two valences of each in one number, a byte each. */
  readonly listed = new Int16Array(UNIT_CAPACITY)
  readonly valences = new Int32Array(UNIT_CAPACITY)
  listedCount = 0

  /** Makes all states PLAIN, which they are already unless scopes were marked since. */
  clear(): void {
    if (this.isScoped) this.states.fill(PLAIN)
    this.isScoped = false
  }

  /** @param valences 0 if no list has the unit */
  list(unit: number, valences: number): void {
    if (valences === 0) return
    this.listed[this.listedCount] = unit
    this.valences[this.listedCount++] = valences
  }
}
