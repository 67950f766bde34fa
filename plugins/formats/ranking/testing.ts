import { readFileSync } from 'node:fs'
import type { RankingFormatDefinition } from 'mood-exporter/plugin'
import { testRankingFormat } from 'mood-exporter/plugin/testing'

/** For tests of formats of rankings. */

/** A fixture beside the test with this `import.meta.url`. */
export const fixture = (name: string, url: string): string =>
  readFileSync(new URL(`./fixtures/${name}`, url), 'utf8')

/** The rankings of records as text, `a 1, b 2` for each, or why there is none. */
export async function rankingsOf(definition: RankingFormatDefinition, options: Record<string, unknown> = {}) {
  const { outcome, format } = await testRankingFormat(definition, options as never)
  return {
    format,
    outcome,
    /** The terms of a record's single ranking, by rank. */
    list(record: string | Uint8Array, receivedAt = 0): string {
      const { rankings, dropped } = outcome(record, { receivedAt })
      if (dropped) return `${dropped.reason}: ${dropped.message}`
      return rankings
        .map(({ items }) => items.map(({ rank, term }) => `${rank} ${term}`).join(', '))
        .join('; ')
    },
  }
}
