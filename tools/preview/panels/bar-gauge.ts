import { html } from '../../../src/html/html.ts'
import type { Series } from '../answers.ts'
import { type Frame, textWidth } from '../chart.ts'
import { colourFor, fieldConfigOf, shownText } from '../field.ts'
import type { Panel } from '../json.ts'

const GAP = 8
const LEAST_ROW = 16

/** A horizontal bar for each series. The scale is that of the panel, otherwise that of the values. */
export function barGauge(panel: Panel, series: readonly Series[], { width, height }: Frame) {
  const { orientation = 'auto', displayMode = 'gradient' } = panel.options ?? {}
  if (orientation !== 'horizontal' || displayMode !== 'basic')
    throw new Error(
      `the preview draws bar gauges that are horizontal and basic only, not ${orientation} and ${displayMode}`,
    )
  const rows = series.map(({ name, points }, index) => {
    const value = points.at(-1)?.[1] ?? Number.NaN
    const config = fieldConfigOf(panel, name)
    return {
      name,
      value,
      config,
      text: shownText(config, value),
      colour: colourFor(config, name, index, value),
    }
  })
  const values = rows.map(({ value }) => value)
  const row = Math.max(LEAST_ROW, Math.min(40, (height - GAP * (rows.length - 1)) / rows.length))
  const size = Math.round(Math.min(16, row * 0.6))
  const names = Math.min(width * 0.4, Math.max(...rows.map(({ name }) => textWidth(name, size))) + 8)
  const texts = Math.max(...rows.map(({ text }) => textWidth(text, size))) + 8
  const bars = rows.map(({ name, value, config, text, colour }) => {
    const { min = Math.min(...values), max = Math.max(...values) } = config
    const part = max > min ? Math.min(Math.max((value - min) / (max - min), 0), 1) : 0
    const length = Math.max(2, Math.round(part * (width - names - texts - 16)))
    return html`<div class="bar" style="height: ${Math.round(row)}px; font-size: ${size}px">
      <div class="name" style="width: ${Math.round(names)}px">${name}</div>
      <div class="length" style="width: ${length}px; background: ${colour}"></div>
      <div>${text}</div>
    </div>`
  })
  return html`<div class="bars" style="gap: ${GAP}px">${bars}</div>`
}
