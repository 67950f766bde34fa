import type { ExtractorDefinition } from './extractor.ts'
import type { FormatDefinition } from './format.ts'
import type { OutputDefinition } from './output.ts'
import type { RankingFormatDefinition } from './ranking.ts'
import type { ScorerDefinition } from './scorer.ts'
import type { SourceDefinition } from './source.ts'

/** What a module of each kind of plugin exports by default. */
export interface Definitions {
  source: SourceDefinition
  format: FormatDefinition | RankingFormatDefinition
  scorer: ScorerDefinition
  extractor: ExtractorDefinition
  output: OutputDefinition
}

/** What a module exports of any kind. */
export type PluginDefinition = {
  [Kind in keyof Definitions]: Definitions[Kind] & { kind: Kind }
}[keyof Definitions]
