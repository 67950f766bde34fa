import type { Random } from './random.ts'

const FIRST =
  'sunny quiet little happy lazy brave tiny pixel lunar rainy salty sweet misty cosmic hana mina juno yuna teo noah'.split(
    ' ',
  )
const SECOND =
  'otter maple comet noodle panda river pepper robin willow pebble biscuit tulip falcon mango cloud tiger kim lee park choi'.split(
    ' ',
  )
const NUMBERS = 60

const PEOPLE = FIRST.length * SECOND.length * NUMBERS

/** An author. There are 24,000; a few of them write most posts. */
export function somebody(random: Random): string {
  const person = random.rank(PEOPLE)
  const first = FIRST[person % FIRST.length]
  // The shift gives the busiest people different second names as well.
  const second = SECOND[(person + Math.floor(person / FIRST.length)) % SECOND.length]
  const number = Math.floor(person / (FIRST.length * SECOND.length))
  return number === 0 ? `${first}_${second}` : `${first}_${second}${number}`
}
