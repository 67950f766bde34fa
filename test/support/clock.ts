/** Runs before a program: its clock is a constant time away from that of the machine. Timers run as they are. */
const SHIFTED = `
const { now } = Date
Date.now = () => now() + Number(process.env.MOOD_TEST_CLOCK_MS)
globalThis.Date = new Proxy(Date, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [target.now()] : args, made),
  apply: target => new target(target.now()).toString(),
})
`

/** The clock of a program that a test starts. */
export interface Clock {
  /** For the program: it and its threads have this clock. */
  env: Record<string, string>
  /** What time it is by this clock; Unix milliseconds. */
  now(): number
}

/** A clock by which it is that time now (Unix milliseconds), and which moves on from there. */
export function clockAt(time: number): Clock {
  const ms = time - Date.now()
  const options = [
    process.env.NODE_OPTIONS,
    `--import=data:text/javascript,${encodeURIComponent(SHIFTED).replaceAll("'", '%27')}`,
  ]
  return {
    env: { MOOD_TEST_CLOCK_MS: `${ms}`, NODE_OPTIONS: options.filter(Boolean).join(' ') },
    now: () => Date.now() + ms,
  }
}
