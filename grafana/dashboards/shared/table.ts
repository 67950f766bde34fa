import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table'
import { type PanelParts, withParts } from './panels.ts'
import { UNITS } from './units.ts'

/** A column: its heading, and how its values are shown. */
export interface Column {
  heading: string
  properties?: { id: string; value: unknown }[]
}

/** Shows shares without decimals. */
export const WHOLE_PERCENT = [
  { id: 'unit', value: UNITS.share },
  { id: 'decimals', value: 0 },
]

/**
 * A row for each value of a label, with a column for each query in their order.
 * @param label names the row
 * @param further headings of further labels of the queries, by label
 */
export function table(
  parts: PanelParts,
  label: string,
  columns: Column[],
  further: Record<string, string> = {},
) {
  const values = columns.map(({ heading }, i) => [`Value #${letter(i)}`, heading])
  const shown = [label, ...columns.map((_, i) => `Value #${letter(i)}`), ...Object.keys(further)]
  const panel = withParts(new PanelBuilder(), parts)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(shown.map((name, i) => [name, i])),
        renameByName: Object.fromEntries([...values, ...Object.entries(further)]),
      },
    })
  for (const { heading, properties = [] } of columns)
    if (properties.length > 0) panel.overrideByName(heading, properties)
  return panel
}

/** The name that Grafana gives to the query at an index. */
const letter = (i: number) => String.fromCharCode('A'.charCodeAt(0) + i)
