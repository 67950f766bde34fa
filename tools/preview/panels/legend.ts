import { type Html, html } from '../../../src/html/html.ts'
import { type Frame, textWidth } from '../chart.ts'
import { shownText } from '../field.ts'
import type { FieldConfig, Panel } from '../json.ts'

/** A series in a legend. */
export interface Entry {
  name: string
  colour: string
  config: FieldConfig
  values: number[]
}

/** The columns of a legend, by the name of their calculation. */
const CALCULATIONS: Record<string, { title: string; of(values: number[]): number }> = {
  lastNotNull: { title: 'Last', of: values => values.at(-1) ?? Number.NaN },
  last: { title: 'Last', of: values => values.at(-1) ?? Number.NaN },
  max: { title: 'Max', of: values => Math.max(...values) },
  min: { title: 'Min', of: values => Math.min(...values) },
  mean: { title: 'Mean', of: values => values.reduce((sum, value) => sum + value, 0) / values.length },
}

const LINE = 22
/** The maximum share of a panel for its legend, as in Grafana; the rest is cut off. */
const MOST = 0.35

/** The legend below a graph, and its height. */
export function legend({ options }: Panel, entries: readonly Entry[], { width, height }: Frame) {
  const { showLegend = true, displayMode = 'list', calcs = [] } = options?.legend ?? {}
  if (!showLegend || entries.length === 0) return { markup: html``, height: 0 }
  const [markup, lines] =
    displayMode === 'table'
      ? [table(entries, calcs), entries.length + 1]
      : [list(entries), linesOf(entries, width)]
  const high = Math.round(Math.min(lines * LINE, height * MOST))
  return { markup: html`<div class="legend" style="height: ${high}px">${markup}</div>`, height: high }
}

const dash = (colour: string) => html`<span class="dash" style="background: ${colour}"></span>`

const list = (entries: readonly Entry[]): Html =>
  html`${entries.map(({ name, colour }) => html`<span class="entry">${dash(colour)}${name}</span>`)}`

/** The number of lines of a list of entries. */
function linesOf(entries: readonly Entry[], width: number): number {
  let [lines, taken] = [1, 0]
  for (const { name } of entries) {
    const entry = textWidth(name, 12) + 34
    if (taken > 0 && taken + entry > width) {
      lines++
      taken = 0
    }
    taken += entry
  }
  return lines
}

function table(entries: readonly Entry[], calcs: string[]): Html {
  const columns = calcs.map(calc => {
    const column = CALCULATIONS[calc]
    if (!column)
      throw new Error(
        `the preview does not know "${calc}" in legends: add it to tools/preview/panels/legend.ts`,
      )
    return column
  })
  const rows = entries.map(
    ({ name, colour, config, values }) => html`<tr>
      <td>${dash(colour)}${name}</td>
      ${columns.map(({ of }) => html`<td class="number">${shownText(config, of(values))}</td>`)}
    </tr>`,
  )
  return html`<table>
    <tr><th>Name</th>${columns.map(({ title }) => html`<th class="number">${title}</th>`)}</tr>
    ${rows}
  </table>`
}
