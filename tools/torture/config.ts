import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { RECORD_BYTES, SHUTDOWN_MS, stateSection } from './contract.ts'
import { TOPICS, type Topic } from './topics.ts'

export interface ConfigOptions {
  topics: Iterable<Topic>
  /** The state directory, relative to the configuration; none if absent. */
  stateDir?: string | undefined
  /** The section `sources`. */
  sources: readonly object[]
}

/** Writes a configuration of the exporter under test. */
export function writeConfig(path: string, { topics, stateDir, sources }: ConfigOptions): void {
  const config = {
    server: { listen: '127.0.0.1:0', shutdown_timeout: `${SHUTDOWN_MS}ms` },
    ...(stateDir === undefined ? {} : { state: stateSection(stateDir) }),
    sources,
    topics: Object.fromEntries([...topics].map(topic => [topic, [...TOPICS[topic]]])),
    scorers: [{ use: 'afinn' }],
    extractors: [{ use: 'hashtags', windows: [{ size: '1m' }] }],
    languages: { detect: false },
    limits: { record_bytes: `${RECORD_BYTES}B`, log_lines: 2 },
    workers: 2,
  }
  writeFileSync(path, stringify(config))
}
