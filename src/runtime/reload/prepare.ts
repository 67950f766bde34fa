import type { LoadedConfig, LoadResult } from '../../config/load.ts'
import { byPlace, formatProblem } from '../../config/problem.ts'
import { inspect, inspectDraft } from '../../loader/validate.ts'
import { type Blueprint, blueprintOf } from '../resolved-config.ts'

/** The configuration does not hold: with every problem of it, as lines. */
export class InvalidConfig extends Error {
  override name = 'InvalidConfig'
  readonly problems: string[]

  constructor(problems: string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** A configuration that holds, plugins included, and what it comes to. */
export interface Prepared {
  loaded: LoadedConfig
  shown: string
  blueprint: Blueprint
}

/**
 * Reads a configuration and looks at its plugins.
 * @param seenIds memory of ids already seen, to go on with on a reload
 * @throws InvalidConfig with every problem
 */
export async function prepare(
  load: () => Promise<LoadResult>,
  seenIds: SharedArrayBuffer | null,
): Promise<Prepared> {
  const result = await load()
  if (!result.ok) {
    const { problems, draft } = result
    const all = [...problems, ...(draft ? await inspectDraft(draft) : [])]
    throw new InvalidConfig(all.sort(byPlace).map(formatProblem))
  }
  const inspection = await inspect(result.loaded)
  if (inspection.problems.length > 0) throw new InvalidConfig(inspection.problems.map(formatProblem))
  return {
    loaded: result.loaded,
    shown: result.loaded.show(inspection.secrets),
    blueprint: blueprintOf(result.loaded, inspection, seenIds),
  }
}
