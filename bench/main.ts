/** `npm run bench`: measures every claim about speed and memory. With names as arguments, only those. */
import { availableParallelism } from 'node:os'
import { benchAlerts } from './alerts/alerts.ts'
import { benchFigures } from './figures.ts'
import { benchKafka } from './kafka.ts'
import { benchLight } from './light.ts'
import { benchMemory } from './memory.ts'
import { benchPipeline } from './pipeline.ts'
import { benchRelease } from './release.ts'
import { benchReload } from './reload.ts'
import { benchReplay } from './replay.ts'
import { benchScale } from './scale.ts'
import { benchScorers } from './scorers.ts'
import { benchScrape } from './scrape.ts'
import { benchTerms } from './terms.ts'

const BENCHES = {
  pipeline: benchPipeline,
  replay: benchReplay,
  release: benchRelease,
  scorers: benchScorers,
  scrape: benchScrape,
  memory: benchMemory,
  light: benchLight,
  terms: benchTerms,
  alerts: benchAlerts,
  kafka: benchKafka,
  scale: benchScale,
  reload: benchReload,
  figures: benchFigures,
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}
console.log(`Node.js ${process.versions.node}, ${availableParallelism()} cores`)
for (const [name, bench] of Object.entries(BENCHES))
  if (asked.length === 0 || asked.includes(name)) await bench()
