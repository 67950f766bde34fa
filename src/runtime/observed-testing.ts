import { labelKey } from '../catalogue/label-key.ts'
import { parseConfig } from '../config/load.ts'
import { validate } from '../loader/validate.ts'
import { deltaShapeOf } from '../state/shape.ts'
import { State } from '../state/state.ts'
import { MoodCell } from '../state/window-slices.ts'
import { type ResolvedConfig, resolveConfig, topicSpecs } from './resolved-config.ts'
import type { SourceRunner } from './sources/source-runner.ts'

export const NOW = Date.UTC(2026, 2, 1, 12)

/** Resolves a configuration, whose plugins are validated but not created. */
export async function resolvedOf(
  text: string,
  {
    seenIds = null,
    relays = false,
    file = '/etc/mood/mood.yml',
  }: { seenIds?: SharedArrayBuffer | null; relays?: boolean; file?: string } = {},
): Promise<ResolvedConfig> {
  const result = parseConfig(text, file, {})
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
  const { loaded } = result
  const validation = await validate(loaded)
  if (validation.problems.length > 0) throw new Error(validation.problems.map(p => p.message).join('\n'))
  const topics = JSON.stringify(topicSpecs(loaded.config.topics))
  return resolveConfig(loaded, validation, topics, seenIds, relays)
}

/** What a source's runner shows. */
export const runnerOf = (name: string, more: Partial<SourceRunner> = {}): SourceRunner =>
  ({
    name,
    state: 'up',
    detail: '',
    spec: { use: 'tcp', name, options: {} },
    inFlight: { bytes: 0, batches: 0 },
    lagRecords: null,
    lastRecordAt: null,
    allowances: new Map(),
    credentialsExpireAt: null,
    ...more,
  }) as unknown as SourceRunner

/** A delta for a state of this configuration. */
export const deltaFor = ({ shape }: Pick<ResolvedConfig, 'shape'>): State => new State(deltaShapeOf(shape))

/** Adds posts of a topic under a scorer to a window of a delta: their sentiments as indexes, and scores. */
export function addMoods(
  delta: State,
  { window, topic, scorer, at = NOW }: { window: string; topic: string; scorer: string; at?: number },
  posts: readonly (readonly [sentiment: number, score: number])[],
): void {
  const cell = new MoodCell()
  for (const [sentiment, score] of posts) cell.add(sentiment, score)
  delta.windows.get(window)?.slices.at(at).mood(labelKey(topic, scorer)).merge(cell)
}

/** Merges a delta into a state as a commit does, and closes windows up to `until`. */
export function commit(state: State, delta: State, until: number): void {
  delta.observe('tcp', '', until)
  const { base, terms } = delta.encode()
  for (const each of terms) state.mergeTerms(each)
  state.merge(State.decodeBase(deltaShapeOf(state.shape), base), until)
  state.advance(until)
  while (!state.showsAllTerms) state.refreshTerms(1000)
}
