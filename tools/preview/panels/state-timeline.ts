import type { Series } from '../answers.ts'
import { FONTS, type Frame, ROOM, rowAxis, svg, textWidth, timeAxis } from '../chart.ts'
import { onGround, THEME } from '../colours.ts'
import { colourFor, fieldConfigOf, shownText } from '../field.ts'
import type { Panel } from '../json.ts'
import { type Rectangle, rectangles } from './rectangles.ts'

/** A row for each series with its states in order of time. */
export function stateTimeline(panel: Panel, series: readonly Series[], frame: Frame) {
  const rows = [...series].reverse()
  const names = Math.min(120, Math.max(...rows.map(({ name }) => textWidth(name, 11))) + 4)
  const perPixel = (frame.range.to - frame.range.from) / (frame.width - names - 20)
  const cells = rows.flatMap(({ name, points }, row) => {
    const config = fieldConfigOf(panel, name)
    return merged(points, frame.step).map(({ from, to, value }): Rectangle => {
      const colour = colourFor(config, name, row, value)
      const cell = { from, to: Math.min(to, frame.range.to), row, colour }
      const text = shownText(config, value)
      if ((cell.to - from) / perPixel < textWidth(text, 12) + 8) return cell
      return { ...cell, label: { text, colour: onGround(colour) } }
    })
  })
  return svg(
    {
      textStyle: { fontFamily: FONTS, color: THEME.text },
      grid: { ...ROOM, left: 16 },
      xAxis: timeAxis(frame.range),
      yAxis: rowAxis(
        rows.map(({ name }) => name),
        names,
      ),
      series: [rectangles(cells, { rowPart: panel.options?.rowHeight ?? 0.9, gap: 0 })],
    },
    frame,
  )
}

/** Consecutive states; each lasts until the next point, or until points are missing. */
function merged(points: Series['points'], step: number) {
  const states: { from: number; to: number; value: number }[] = []
  for (const [at, value] of points) {
    const last = states.at(-1)
    if (last && last.value === value && at <= last.to + step / 2) last.to = at + step
    else states.push({ from: at, to: at + step, value })
  }
  return states
}
