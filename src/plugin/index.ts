/**
 * The plugin API: all that a source, format, scorer or extractor may use of mood-exporter, first-party ones
 * included. Import it as `mood-exporter/plugin`, wherever the plugin's file stands.
 */

export { z } from 'zod'
export type { Log, PluginContext } from './context.ts'
export { defineExtractor, type Extractor, type ExtractorDefinition } from './extractor.ts'
export {
  defineFormat,
  type Format,
  type FormatDefinition,
  InvalidRecord,
  type RecordContext,
} from './format.ts'
export { type LineHandler, LineSplitter } from './line-splitter.ts'
export { address, duration, secret, size } from './options.ts'
export type { Post } from './post.ts'
export {
  type BatchScorer,
  type DetailedScore,
  defineScorer,
  type Piece,
  type PostScorer,
  type Score,
  type Scorer,
  type ScorerContext,
  type ScorerDefinition,
  type ScorerExtras,
} from './scorer.ts'
export {
  defineSource,
  type LineOptions,
  type LineStream,
  type Position,
  type Receipt,
  type Sink,
  type Source,
  type SourceContext,
  type SourceDefinition,
  type WriteOptions,
} from './source.ts'
