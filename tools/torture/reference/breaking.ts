/**
 * The real exporter with a changed environment, so that it breaks the promise over Kafka that BREAKS names.
 *
 * - `keeps-state`: it commits offsets to the group, and starts without its state
 * - `owns-share`: it reads the partitions of the last share instead of its own. With three shares of four partitions
 *   those are two, so that three exporters soon show more than was sent
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'

const CONFIG = 'mood.yml'

if (process.env.BREAKS === 'keeps-state') rmSync('state', { recursive: true, force: true })
else if (process.env.BREAKS === 'owns-share') {
  const config = parse(readFileSync(CONFIG, 'utf8'))
  for (const source of config.sources) source.partitions.share = source.partitions.of - 1
  writeFileSync(CONFIG, stringify(config))
} else throw new Error(`BREAKS: unknown promise "${process.env.BREAKS}"`)

const program = new URL('../../../bin/mood-exporter.mjs', import.meta.url)
await import(program.href)
