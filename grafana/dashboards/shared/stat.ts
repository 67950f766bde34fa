import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PLAIN } from './colours.ts'
import { type PanelParts, withParts } from './panels.ts'

/** Colours by value: each from a value on, the first from the lowest. */
export const coloursFrom = (lowest: string, ...steps: [from: number, colour: string][]) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: lowest }, ...steps.map(([value, color]): Threshold => ({ value, color }))])

const byThresholds = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds)

/** A large number for each series, as it is now. */
export const stat = (parts: PanelParts) =>
  withParts(new PanelBuilder(), parts)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .justifyMode(BigValueJustifyMode.Center)
    .textMode(BigValueTextMode.Auto)
    .colorScheme(byThresholds())
    .thresholds(coloursFrom(PLAIN))

/** A stat with a coloured background. With several series, each shows its name. */
export const backgroundStat = (parts: PanelParts) => stat(parts).colorMode(BigValueColorMode.Background)
