/**
 * The plugin API: everything that a source, format, scorer, extractor or output may use of mood-exporter, built-in
 * ones included. Import it as `mood-exporter/plugin`, from any folder.
 */

export { z } from 'zod'
export { orAborted, sleep } from './abort.ts'
export { apostrophesOption, asWritten, withPlainApostrophes } from './apostrophes.ts'
export { Backoff, type BackoffOptions } from './backoff.ts'
export { boundConnections } from './bound-connections.ts'
export type { CallError, CallErrorReason } from './call-error.ts'
export type { CommandContext, CommandResult, PluginCommand } from './command.ts'
export type { Log, PluginContext } from './context.ts'
export type { InnerPlugin } from './declaration.ts'
export { decodeJson, type Posts } from './decode-json.ts'
export { DeliveryError, type DeliveryErrorOptions } from './delivery.ts'
export { decodeEach } from './each.ts'
export { ENVELOPE_LIMITS, type Envelope, type Header } from './envelope.ts'
export { PluginError, type PluginErrorCode, type PluginErrors } from './error.ts'
export type { Alert, AlertEvent } from './events/alert.ts'
export type { PostEvent } from './events/post.ts'
export type { RankingEvent, RankingEventTerm } from './events/ranking.ts'
export {
  type Period,
  REPORT_LANGUAGES,
  REPORT_SCHEMA,
  type ReportComparison,
  type ReportCoverage,
  type ReportEvent,
  type ReportIncident,
  type ReportLanguage,
  type ReportLink,
  type ReportRanking,
  type ReportTerm,
  type ReportTopic,
} from './events/report.ts'
export { defineExtractor, type Extractor, type ExtractorDefinition } from './extractor.ts'
export { optionalString, timeOf } from './fields.ts'
export {
  defineFormat,
  type Format,
  type FormatContext,
  type FormatDefinition,
  InvalidRecord,
  type RecordContext,
} from './format.ts'
export {
  type HttpDeliveryErrorOptions,
  type HttpPost,
  type HttpPostAnswer,
  httpDeliveryError,
  httpPost,
} from './http-post.ts'
export { idOf } from './ids.ts'
export { unexpected } from './invalid.ts'
export { isObject, type JsonObject, parseJson } from './json.ts'
export {
  englishOption,
  isUnknownLanguage,
  languageFilter,
  languagesOption,
  mayBeEnglish,
  primaryLanguage,
} from './languages.ts'
export { type LineHandler, LineSplitter } from './line-splitter.ts'
export { addressText, type ListenAddress, listenError, listenOn, listenProblem } from './listen.ts'
export { crossesInTheClear, isLoopback, TOKEN_REQUIRED } from './loopback.ts'
export { messageOf } from './message-of.ts'
export { type AlertData, alertText, briefAlert } from './messages/alert.ts'
export { codePoints, cut, partsOf } from './messages/cut.ts'
export { eventText } from './messages/event-text.ts'
export { HTML, MARKDOWN, type Markup, SLACK, TEXT } from './messages/markup.ts'
export {
  briefReport,
  type ReportData,
  reportPeriod,
  reportSections,
  reportText,
  type Section,
  sectionLines,
} from './messages/report.ts'
export {
  type CounterDefinition,
  type GaugeDefinition,
  type HistogramDefinition,
  METRIC_LIMITS,
  type MetricDefinition,
  type MetricDefinitions,
  type PluginCounter,
  type PluginGauge,
  type PluginHistogram,
  type PluginMetrics,
} from './metrics.ts'
export { normaliseTerm } from './normalise-term.ts'
export { address, backoffOption, duration, encoding, secret, size, webhookUrl } from './options.ts'
export {
  Disconnect,
  type DisconnectOptions,
  disconnectOf,
  type HttpAnswer,
  type HttpDisconnectOptions,
  httpDisconnect,
  type Outage,
  type RateLimit,
  rateLimitOf,
} from './outage.ts'
export {
  type Authorisation,
  defineOutput,
  type Output,
  type OutputDefinition,
  type OutputEvent,
  type OutputStream,
  type OutputStreams,
  type SentimentCounts,
  type WindowEvent,
  type WindowRow,
  type WriteContext,
} from './output.ts'
export { Pacer } from './pacer.ts'
export { isIndex, keysOf, lastKey, pointer, pointerReader } from './pointer.ts'
export type { Post } from './post.ts'
export {
  defineRankingFormat,
  type Ranking,
  type RankingFormat,
  type RankingFormatDefinition,
  type RankingItem,
} from './ranking.ts'
export { readRegularFile } from './read-regular-file.ts'
export {
  type Connection,
  type ReconnectingOptions,
  type ReconnectOptions,
  ReconnectPolicy,
  reconnecting,
} from './reconnect.ts'
export { type CsvDialect, csvDialect, csvFields, usualQuote, withoutSeparatorLine } from './records/csv.ts'
export {
  type Framing,
  LINES,
  type RecordHandler,
  type RecordSplitter,
  recordSplitter,
} from './records/framing.ts'
export { responseBytes } from './response-bytes.ts'
export { retryAfter } from './retry-after.ts'
export type { ScoreDetails, ScoreOutcome } from './score-result.ts'
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
export { type CallObserver, ScorerCaller, type ScorerCallerOptions } from './scorer-caller.ts'
export type { ScorerTraits } from './scorer-traits.ts'
export { hasHangul, type Letters, lettersOf } from './script.ts'
export { sendParts } from './send-parts.ts'
export { shown } from './shown.ts'
export { SilenceWatch } from './silence.ts'
export {
  type BlockOptions,
  defineSource,
  type Emitter,
  type LineOptions,
  type LineStream,
  type Position,
  type RecordBlock,
  type Source,
  type SourceContext,
  type SourceDefinition,
  type SubmitOptions,
  type SubmitResult,
  type WriteOptions,
} from './source.ts'
export { type Json, type PluginStore, STORE_LIMITS } from './store.ts'
export { type Compression, type Container, containerOf, notRead, SIGNATURE_BYTES } from './text/containers.ts'
export { DamagedData } from './text/damaged-data.ts'
export { COMPRESSED_BYTES, decompress, decompressAgain } from './text/decompress.ts'
export { encodingNamed } from './text/encoding.ts'
export { type TextEncoding, textEncoding } from './text/text-encoding.ts'
export { NotText, type TextStreamOptions, textStream } from './text/text-stream.ts'
export { BeyondDecompressor } from './text/through.ts'
export { parseIsoTime, parseTime, parseUnixTime, unixTime } from './time/time.ts'
export { type TimeFormat, type TimeReader, timeFormatOption, timeReader } from './time/time-format.ts'
export { TimeZone, timeZoneOption, zoneNamed } from './time/time-zone.ts'
export { parseNumericTime } from './time/written-time.ts'
export type { TopicRule } from './topics.ts'
export { withinUrl } from './urls.ts'
