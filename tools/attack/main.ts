/** `npm run attack`: tries to stop, deceive and break into a running exporter. See docs/reliability.md. */
import { parseArgs } from 'node:util'
import { recordMeasurement } from '../stack/measurements.ts'
import { ACCESS } from './access.ts'
import { attack, COLUMNS, rowsOf } from './attack.ts'
import { BORDERS } from './borders.ts'
import { FILES } from './files.ts'
import { MACHINE } from './machine.ts'
import { PLUGINS } from './plugins.ts'
import { REQUESTS } from './requests.ts'

/** After this time a run is ended as a failure, in milliseconds. */
const LONG_MS = 45 * 60_000
const SHORT_MS = 9 * 60_000

const USAGE = `Attacks a running exporter, on loopback, and shows what was tried, survived and lost.

npm run attack -- [options]

  --short     a form that takes less than a minute on a machine that does nothing else
  --seed N    what determines the attacks (default: chosen, and printed)
  --only TEXT only classes whose title contains it
  --record    write the results of a whole long form that lost nothing to docs/measurements.json
  --help      this text

Exit code: 0 where all was survived, 1 where something was lost.
`

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string', default: '' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const { short, only } = values
const say = (line: string) => process.stdout.write(`${line}\n`)

if (values.help) say(USAGE)
else {
  const seed = Number(values.seed)
  say(`Attack with the seed ${seed}${short ? ', in its short form' : ''}`)
  setTimeout(
    () => {
      say('FAILED: it did not end in time')
      process.exit(1)
    },
    short ? SHORT_MS : LONG_MS,
  ).unref()
  const classes = [...REQUESTS, ...ACCESS, ...PLUGINS, ...BORDERS, ...FILES, ...MACHINE].filter(({ title }) =>
    title.includes(only),
  )
  const tallies = await attack(classes, { seed, short, say })
  const rows = rowsOf(tallies)
  say(['', ...[COLUMNS, ...rows].map(cells => cells.join(' | '))].join('\n'))
  const lost = tallies.flatMap(({ title, lost }) => lost.map(line => `LOST: ${title}: ${line}`))
  for (const line of lost) say(line)
  if (values.record && !short && only === '' && lost.length === 0) {
    const how = `npm run attack -- --seed ${seed}`
    recordMeasurement('attack', { how, tables: { results: { columns: COLUMNS, rows } } })
  }
  say(lost.length === 0 ? 'PASSED' : 'FAILED')
  process.exit(lost.length === 0 ? 0 : 1)
}
