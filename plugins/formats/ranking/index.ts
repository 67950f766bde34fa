import { defineRankingFormat } from 'mood-exporter/plugin'
import { csvRankings } from './csv.ts'
import { jsonRankings } from './json.ts'
import { rankingOptions } from './options.ts'

export default defineRankingFormat({
  name: 'ranking',
  description: 'Any list in an order: JSON, CSV or RSS, by where its terms are.',
  options: rankingOptions,
  async create(options) {
    if (options.type === 'csv') return csvRankings(options)
    if (options.type === 'json') return jsonRankings(options)
    // The parser is loaded only if it is needed.
    return (await import('./feed.ts')).feedRankings(options)
  },
})
