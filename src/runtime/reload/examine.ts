import type { LoadedConfig, LoadResult } from '../../config/load.ts'
import { byPlace, type Problem } from '../../config/problem.ts'
import { type ValidationResult, validate, validateDraft } from '../../loader/validate.ts'
import { topicHeads, topicSpecs } from '../resolved-config.ts'

/** The part of a configuration that a running exporter keeps: without the keywords of topics. Plain data. */
export type RunningConfig = Pick<LoadedConfig, 'file' | 'baseDir' | 'config'>

/** A validated configuration, or all its problems. Plain data. */
export type Examined =
  | { problems: Problem[] }
  | {
      problems?: never
      loaded: RunningConfig
      /** The topics as JSON. */
      topics: string
      shown: string
      validation: ValidationResult
    }

/** Reads a configuration and validates its plugins. */
export async function examine(load: () => Promise<LoadResult>): Promise<Examined> {
  const result = await load()
  if (!result.ok) {
    const { problems, draft } = result
    const all = [...problems, ...(draft ? await validateDraft(draft) : [])]
    return { problems: all.sort(byPlace) }
  }
  const { loaded } = result
  const validation = await validate(loaded)
  if (validation.problems.length > 0) return { problems: validation.problems }
  const { file, baseDir, config } = loaded
  return {
    loaded: { file, baseDir, config: { ...config, topics: topicHeads(config.topics) } },
    topics: JSON.stringify(topicSpecs(config.topics)),
    shown: loaded.show(validation.secrets),
    validation,
  }
}
