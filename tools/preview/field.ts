import { colourByIndex, colourByName, colourOf } from './colours.ts'
import type { FieldConfig, Mapping, MappingResult, Panel } from './json.ts'
import { type Shown, unitOf } from './units.ts'

/** Whether an override applies to a series, by the id of its matcher. */
const MATCHERS: Record<string, (options: string, name: string) => boolean> = {
  byName: (options, name) => options === name,
  byRegexp: (options, name) => new RegExp(options.replace(/^\/(.*)\/$/, '$1')).test(name),
}

/** A configuration with one property replaced, such as `min` or `custom.lineWidth`. */
function withProperty(config: FieldConfig, id: string, value: unknown): FieldConfig {
  const [outer, inner] = id.split('.') as [keyof FieldConfig, string?]
  if (inner === undefined) return { ...config, [outer]: value }
  return { ...config, [outer]: { ...(config[outer] as object | undefined), [inner]: value } }
}

/**
 * The display options of a series: the defaults of the panel, and the overrides that match its name.
 * @throws Error for an override that the preview does not support
 */
export function fieldConfigOf({ fieldConfig = {} }: Panel, name: string): FieldConfig {
  let config = fieldConfig.defaults ?? {}
  for (const { matcher, properties } of fieldConfig.overrides ?? []) {
    const matches = MATCHERS[matcher.id]
    if (!matches)
      throw new Error(`the preview does not know overrides "${matcher.id}": see tools/preview/field.ts`)
    if (!matches(matcher.options ?? '', name)) continue
    for (const { id, value } of properties) config = withProperty(config, id, value)
  }
  return config
}

function mappedBy(mapping: Mapping, value: number): MappingResult | undefined {
  if (mapping.type === 'value') return mapping.options[String(value)]
  if (mapping.type !== 'range')
    throw new Error(
      `the preview does not know mappings "${(mapping as Mapping).type}": see tools/preview/field.ts`,
    )
  const { from, to, result } = mapping.options
  return value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? result : undefined
}

/** The text of a value; undefined without a matching value mapping. */
const mapped = ({ mappings = [] }: FieldConfig, value: number): MappingResult | undefined =>
  mappings.map(mapping => mappedBy(mapping, value)).find(result => result !== undefined)

/** A value as shown: its mapped text, or with its unit. */
export function shown(config: FieldConfig, value: number): Shown {
  const text = mapped(config, value)?.text
  return text === undefined ? unitOf(config.unit)(value, config.decimals) : { text, suffix: '' }
}

/** The same as one text. */
export function shownText(config: FieldConfig, value: number): string {
  const { text, suffix } = shown(config, value)
  return text + suffix
}

/**
 * The colour of a series, or of its value where colours depend on values.
 * @throws Error for a colour mode that the preview does not support
 */
export function colourFor(config: FieldConfig, name: string, index: number, value: number): string {
  const ofMapping = mapped(config, value)?.color
  if (ofMapping) return colourOf(ofMapping)
  const { mode = 'thresholds', fixedColor = 'text' } = config.color ?? {}
  switch (mode) {
    case 'fixed':
      return colourOf(fixedColor)
    case 'palette-classic':
      return colourByIndex(index)
    case 'palette-classic-by-name':
      return colourByName(name)
    case 'thresholds': {
      const steps = config.thresholds?.steps ?? [{ value: null, color: 'green' }]
      return colourOf(steps.findLast(step => value >= (step.value ?? -Infinity))?.color ?? 'green')
    }
    default:
      throw new Error(`the preview does not know the colour mode "${mode}": add it to tools/preview/field.ts`)
  }
}
