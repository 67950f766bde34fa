import { Html, html } from '../../src/html/html.ts'
import type { Mark, Series } from './answers.ts'
import { box, type Placed, type Variables } from './grid.ts'
import type { Dashboard } from './json.ts'
import { PANELS } from './panels/index.ts'
import { STYLE } from './style.ts'
import { clock, type TimeRange } from './time.ts'

export const NOTICE = 'Preview drawn from the dashboard’s JSON and real query results, not Grafana.'

/** A panel with its position, and the results of its queries or why they failed. */
export interface Answered extends Placed {
  series: readonly Series[]
  step: number
  failed?: string
}

/** A dashboard with the data of its page. */
export interface View {
  dashboard: Dashboard
  variables: Variables
  panels: readonly Answered[]
  marks: readonly Mark[]
  range: TimeRange
  /** The width of the panels in pixels. */
  width: number
}

/** The border of a panel in pixels. */
const FRAME = { across: 18, title: 30, below: 10 }

/** The height of the parts above and below the panels in pixels: the notice, the title, the variables. */
const HEAD = 150

/** A page, and a line for each panel that could not be drawn. */
export interface Page {
  markup: string
  /** The height of the page in pixels. */
  height: number
  faults: string[]
}

/** The page of a dashboard, without any other file. */
export function page(view: View, script = ''): Page {
  const { dashboard, panels, range, width } = view
  const faults: string[] = []
  const fault = (placed: Placed) => (why: string) => {
    faults.push(`panel ${placed.panel.id} "${placed.title}": ${why}`)
    return failure(why)
  }
  const boxes = panels.map(placed => box(placed, width))
  const height = Math.max(0, ...boxes.map(({ top, height }) => top + height))
  const drawn = panels.map((placed, i) => {
    const { left, top, width, height } = boxes[i] as (typeof boxes)[number]
    const style = `left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px`
    if (placed.panel.type === 'row')
      return html`<div class="row" style="${style}"><span>${placed.panel.collapsed ? '▸' : '⌄'}</span> ${placed.title}</div>`
    const frame = {
      width: width - FRAME.across,
      height: height - FRAME.title - FRAME.below,
      range,
      step: placed.step,
      marks: view.marks,
    }
    return html`<section class="panel" style="${style}">
      <h2><span>${placed.title}</span>${about(placed.panel.description)}</h2>
      <div class="content">${content(placed, frame, fault(placed))}</div>
    </section>`
  })
  const markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${dashboard.title}: preview</title>
<style>${new Html(STYLE)}</style>
</head>
<body style="width: ${width + 32}px">
<div class="notice">${NOTICE}</div>
<header><h1>${dashboard.title}</h1>${about(dashboard.description)}
<div class="times">${clock(range.from, range)} to ${clock(range.to, range)}</div></header>
<div class="variables">${choices(view)}${(dashboard.links ?? []).map(({ title }) => html`<span class="variable link">${title}</span>`)}</div>
<div class="grid" style="height: ${height}px">
${drawn}
</div>
${new Html(script)}
</body>
</html>
`
  return { markup: markup.markup, height: height + HEAD, faults }
}

const about = (text: string | undefined) => text && html`<span class="about" title="${text}">ⓘ</span>`

const choices = ({ dashboard, variables }: View) =>
  (dashboard.templating?.list ?? []).flatMap(({ name, label }) =>
    variables.texts[name] === undefined
      ? []
      : [html`<div class="variable"><b>${label ?? name}</b><span>${variables.texts[name]}</span></div>`],
  )

/** The content of a panel; its `noValue` text without data; the reason if it cannot be drawn. */
function content(
  { panel, series, failed }: Answered,
  frame: Parameters<(typeof PANELS)[string]>[2],
  fault: (why: string) => Html,
): Html {
  if (failed !== undefined) return fault(failed)
  const draw = PANELS[panel.type]
  if (!draw)
    return fault(`the preview cannot draw panels of the type "${panel.type}": see tools/preview/panels`)
  if (series.length === 0) return noData(panel.fieldConfig?.defaults?.noValue)
  try {
    return draw(panel, series, frame)
  } catch (error) {
    return fault((error as Error).message)
  }
}

/** The text of a panel without data: its `noValue`. */
const noData = (text = 'No data'): Html => html`<div class="message">${text}</div>`

/** The text of a panel that cannot be drawn. */
const failure = (text: string): Html => html`<div class="message failure">${text}</div>`
