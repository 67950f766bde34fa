import { bars } from './bar-gauge.ts'
import type { PanelParts } from './panels.ts'
import { now } from './queries.ts'
import { inColour } from './time-series.ts'
import { UNITS } from './units.ts'
import { FACES, withFace } from './value-mappings.ts'

/**
 * A bar for the mean score of each term, the most negative first, with the face and the colour that the configuration's
 * thresholds give it.
 */
export function moodBars(parts: Omit<PanelParts, 'unit' | 'queries'>, scores: string) {
  const panel = bars({
    ...parts,
    unit: UNITS.score,
    queries: [now(`sort(${withFace(scores)})`, '{{face}} {{term}}')],
  })
    .min(-1)
    .max(1)
    .decimals(2)
  for (const { face, colour } of FACES) panel.overrideByRegexp(`/^${face} /`, inColour(colour))
  return panel
}
