import { html } from '../../../src/html/html.ts'
import type { Series } from '../answers.ts'
import { type Frame, textWidth } from '../chart.ts'
import { onGround } from '../colours.ts'
import { colourFor, fieldConfigOf, shown } from '../field.ts'
import type { Panel } from '../json.ts'

const GAP = 4

/** A large value for each series, side by side. */
export function stat(panel: Panel, series: readonly Series[], { width, height }: Frame) {
  const { textMode = 'auto', colorMode = 'value' } = panel.options ?? {}
  const hasName =
    textMode === 'name' || textMode === 'value_and_name' || (textMode === 'auto' && series.length > 1)
  const hasValue = textMode !== 'name'
  const room = (width - GAP * (series.length - 1)) / series.length - 24
  const tiles = series.map(({ name, points }, index) => {
    const value = points.at(-1)?.[1] ?? Number.NaN
    const config = fieldConfigOf(panel, name)
    const colour = colourFor(config, name, index, value)
    const { text, suffix } = hasValue ? shown(config, value) : { text: name, suffix: '' }
    // The suffix is smaller, and so takes less space.
    const natural = textWidth(text, 1) + textWidth(suffix, 0.6)
    const share = hasName && hasValue ? 0.4 : 0.55
    const size = Math.min(height * share, room / Math.max(natural, 0.1), hasValue ? 72 : 22)
    const ground =
      colorMode === 'background' ? `background: ${colour}; color: ${onGround(colour)}` : `color: ${colour}`
    return html`<div class="tile" style="${ground}">
      ${hasName && hasValue ? html`<div class="name">${name}</div>` : null}
      <div style="font-size: ${Math.round(size)}px">${text}<span class="suffix">${suffix}</span></div>
    </div>`
  })
  return html`<div class="tiles">${tiles}</div>`
}
