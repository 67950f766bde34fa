import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { PlaceablePanel } from './panels.ts'

/** Panels side by side, of one height (a unit of it is 30 pixels), which fill the 24 columns. */
export interface Line {
  height: number
  panels: PlaceablePanel[]
}

export const line = (height: number, ...panels: PlaceablePanel[]): Line => ({ height, panels })

/** Lines under a heading; the first section of a dashboard needs none. */
export interface Section {
  title?: string
  lines: Line[]
  /** Its panels are not shown or queried until it is opened. It needs a title. */
  isClosed?: boolean
}

/**
 * Puts sections on a dashboard, one below the other. Ids of panels count within their section (101, 102, … in the first),
 * so that a new panel changes the ids, and links, only of those after it in its section.
 */
export function place(dashboard: DashboardBuilder, sections: readonly Section[]): DashboardBuilder {
  for (const [i, { title, lines, isClosed }] of sections.entries()) {
    const first = (i + 1) * 100
    const placed = lines
      .flatMap(({ height, panels }) => panels.map(panel => panel.height(height)))
      .map((panel, j) => panel.id(first + j + 1))
    const row = title === undefined ? undefined : new RowBuilder(title).id(first)
    // Grafana keeps the panels of a closed row within it.
    if (isClosed) for (const panel of placed) row?.withPanel(panel)
    if (row) dashboard.withRow(row)
    if (!isClosed) for (const panel of placed) dashboard.withPanel(panel)
  }
  return dashboard
}
