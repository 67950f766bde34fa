import { type AlertSettings, FURTHER_VALUES, SPIKE_VALUES } from './alert-schema.ts'
import type { Config } from './schema.ts'

/** A threshold of an alert on a topic, as the alerting rules read it. */
export interface AlertThreshold {
  topic: string
  /** `z`, `min_rise`, …; for the alerts that are off by default with the name of the alert: `joy_z`. */
  parameter: string
  value: number
}

/** The thresholds of all alerts that are on. A topic without alerts has none. */
export function alertThresholds(
  { alert, topics }: Pick<Config, 'alert' | 'topics'>,
  names: Iterable<string>,
): AlertThreshold[] {
  const thresholds: AlertThreshold[] = []
  // There may be thousands of topics, most without settings of their own.
  const usual = Object.entries(settingsOf(alert, undefined))
  for (const topic of names) {
    const rule = topics[topic]
    const own = rule && !Array.isArray(rule) ? rule.alert : undefined
    const settings = own === undefined ? usual : Object.entries(settingsOf(alert, own))
    for (const [parameter, value] of settings) thresholds.push({ topic, parameter, value })
  }
  return thresholds
}

function settingsOf(all: AlertSettings, own: AlertSettings | undefined): Record<string, number> {
  if (isOff(own ?? all)) return {}
  const both = { ...fields(all), ...fields(own) }
  const settings = valuesOf(SPIKE_VALUES, both)
  for (const [name, parameters] of Object.entries(FURTHER_VALUES)) {
    const said = both[name] as AlertSettings | undefined
    if (said === undefined || isOff(said)) continue
    const values = valuesOf(parameters, { ...fields(fields(all)[name]), ...fields(said) })
    for (const [parameter, value] of Object.entries(values)) settings[`${name}_${parameter}`] = value
  }
  return settings
}

const isOff = (settings: unknown) => settings === 'off' || settings === false

const fields = (settings: unknown): Record<string, unknown> =>
  typeof settings === 'object' && settings !== null ? (settings as Record<string, unknown>) : {}

const valuesOf = (parameters: Readonly<Record<string, number>>, said: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, (said[name] ?? value) as number]),
  )
