import type { Known } from '../../../catalogue/series.ts'
import { CATALOGUE_HASH } from '../../../state/encoding.ts'
import type { State } from '../../../state/state.ts'
import type { TermWindow } from '../../../state/term-window.ts'
import { Base } from './base.ts'
import { decodeConfiguration, encodeConfiguration, type StoredConfiguration } from './configuration.ts'
import type { Database } from './database.ts'
import { StateDamaged } from './errors.ts'

const CONFIGURATION = 'configuration'
const CATALOGUE = 'catalogue'

/** What was migrated to another configuration and what was not, for the log. */
export interface Migration {
  kept: string[]
  left: string[]
}

/** The configuration of the stored state; null if nothing is stored yet. */
export function storedConfiguration({ tables }: Database): StoredConfiguration | null {
  const row = tables.meta.get(CONFIGURATION)
  return row ? decodeConfiguration(row[1]) : null
}

/** Whether the stored state has this configuration and the metrics of this program. */
export function isConfiguredAs({ tables }: Database, configuration: StoredConfiguration): boolean {
  return (
    tables.meta.get(CONFIGURATION)?.[1] === encodeConfiguration(configuration) &&
    tables.meta.get(CATALOGUE)?.[1] === CATALOGUE_HASH
  )
}

/** Writes the configuration. Call it within a transaction. */
export function writeConfiguration(database: Database, configuration: StoredConfiguration): void {
  database.tables.meta.put([CONFIGURATION, encodeConfiguration(configuration)])
  database.tables.meta.put([CATALOGUE, CATALOGUE_HASH])
  // Without outputs nothing waits for publication, and windows that closed before outputs were added are not sent to
  // them.
  if (configuration.known.outputs.size === 0) database.published = database.epoch
}

/**
 * Migrates the state to another configuration in one transaction, by the rules of `State.reshape`, as the live state
 * does at a reload. All epochs must be compacted.
 *
 * @param unread what the compaction left out because the metric catalogue changed
 * @param beforeCommit throws if the migration is to be rolled back
 */
export function migrate(
  database: Database,
  to: StoredConfiguration,
  { unread, beforeCommit }: { unread: ReadonlySet<string>; beforeCommit(): void },
): Migration {
  const { tables } = database
  const from = storedConfiguration(database)
  if (!from) throw new StateDamaged('it has no configuration')
  const left = new Set(unread)
  const base = Base.load(database, from.shape, what => left.add(what))
  const { state } = base
  const windows = new Map(state.windows)
  const terms = termWindows(state)
  state.reshape(to.shape, to.known)

  const kept: string[] = []
  for (const [label, window] of windows)
    if (state.windows.get(label) === window) kept.push(`the window ${label}`)
    else left.add(`the window ${label}`)
  const termsNow = new Set(termWindows(state).map(([, , window]) => window))
  const gone = terms.filter(([, , window]) => !termsNow.has(window))
  for (const [extractor, label, window] of terms)
    if (termsNow.has(window)) kept.push(`the terms of ${extractor} in ${label}`)
    else left.add(`the terms of ${extractor} in ${label}`)
  for (const kind of ['sources', 'topics', 'scorers'] as const)
    for (const name of from.known[kind])
      if (to.known[kind].has(name)) kept.push(`the ${kind.slice(0, -1)} ${name}`)
      else left.add(`the ${kind.slice(0, -1)} ${name}`)

  database.transaction(true, () => {
    if (base.epoch !== null) base.save(database)
    for (const [extractor, label] of gone)
      tables.terms.deleteWhere('extractor = ? AND window = ?', extractor, label)
    for (const topic of removed('topics', from.known, to.known)) tables.terms.deleteWhere('topic = ?', topic)
    for (const [source] of tables.positions.select<[string]>('DISTINCT source'))
      if (!to.known.sources.has(source)) tables.positions.deleteWhere('source = ?', source)
    for (const [plugin] of tables.pluginStore.select<[string]>('DISTINCT plugin'))
      if (!to.plugins.has(plugin)) {
        tables.pluginStore.deleteWhere('plugin = ?', plugin)
        left.add(`the values of ${plugin}`)
      }
    for (const [output] of tables.outbox.select<[string]>('DISTINCT output'))
      if (!to.known.outputs.has(output)) {
        const events = tables.outbox.deleteWhere('output = ?', output)
        left.add(`${events} events of the output ${output}`)
      }
    if (from.idsBytes !== to.idsBytes && tables.ids.deleteWhere('TRUE') > 0)
      left.add('the ids of posts seen before')
    // Windows that closed while there were no outputs are not sent to new ones.
    if (from.known.outputs.size === 0) database.published = database.epoch
    if (to.known.outputs.size === 0) tables.closed.deleteWhere('TRUE')
    writeConfiguration(database, to)
    beforeCommit()
  })
  return { kept, left: [...left] }
}

const termWindows = ({ terms }: State): [extractor: string, window: string, TermWindow][] =>
  [...terms].flatMap(([name, windows]) =>
    windows.map((window): [string, string, TermWindow] => [name, window.shape.label, window]),
  )

const removed = (kind: 'topics', from: Known, to: Known): string[] =>
  [...from[kind]].filter(name => !to[kind].has(name))
