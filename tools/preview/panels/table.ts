import { type Html, html } from '../../../src/html/html.ts'
import type { Series } from '../answers.ts'
import { colourFor, fieldConfigOf, shownText } from '../field.ts'
import type { Panel } from '../json.ts'

interface Transformation {
  id: string
  options: { indexByName?: Record<string, number>; renameByName?: Record<string, string> }
}

interface Column {
  heading: string
  cell: (row: readonly Series[]) => Html | string
}

/**
 * A row for each value of the first column's label and a column for each query, as the transformations `merge` and
 * `organize` produce them.
 * @throws Error for a table with other transformations
 */
export function table(panel: Panel, series: readonly Series[]): Html {
  const transformations = (panel as { transformations?: Transformation[] }).transformations ?? []
  const ids = transformations.map(({ id }) => id).join(', ')
  if (ids !== 'merge, organize')
    throw new Error(`the preview draws tables that are made by merge and organize only, not by ${ids}`)
  const { indexByName = {}, renameByName = {} } = transformations[1]?.options ?? {}
  const [label = '', ...fields] = Object.keys(indexByName).sort(
    (a, b) => (indexByName[a] as number) - (indexByName[b] as number),
  )
  const rows = [...Map.groupBy(series, ({ labels }) => labels[label] ?? '')]
  const columns = fields.map(field => column(panel, field, renameByName[field] ?? field))
  return html`<table class="cells">
    <tr><th>${label}</th>${columns.map(({ heading }) => html`<th>${heading}</th>`)}</tr>
    ${rows.map(([name, row]) => html`<tr><td>${name}</td>${columns.map(({ cell }) => html`<td>${cell(row)}</td>`)}</tr>`)}
  </table>`
}

/** The column of a query, `Value #A`, or of a label. */
function column(panel: Panel, field: string, heading: string): Column {
  const [, refId] = /^Value #(\w+)$/.exec(field) ?? []
  if (refId === undefined)
    return {
      heading,
      cell: row => row.find(({ labels }) => labels[field] !== undefined)?.labels[field] ?? '',
    }
  const config = fieldConfigOf(panel, heading)
  const coloured = (config.custom as { cellOptions?: { type?: string } } | undefined)?.cellOptions?.type
  return {
    heading,
    cell: row => {
      const value = row.find(one => one.refId === refId)?.points.at(-1)?.[1]
      if (value === undefined || Number.isNaN(value)) return ''
      const text = shownText(config, value)
      if (coloured !== 'color-text') return text
      return html`<span style="color: ${colourFor(config, heading, 0, value)}">${text}</span>`
    },
  }
}
