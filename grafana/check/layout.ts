import type { PanelJson } from './dashboard-json.ts'

/** Columns of Grafana's grid. */
const COLUMNS = 24

/** Panels without a unique id, and those that overlap or are outside the grid. */
export function layoutProblems(panels: readonly PanelJson[]): string[] {
  const problems: string[] = []
  for (const [i, panel] of panels.entries()) {
    const { id, title, gridPos } = panel
    const named = `panel ${id} "${title ?? ''}"`
    const before = panels.slice(0, i)
    if (id === undefined) problems.push(`${named}: has no id`)
    else if (before.some(other => other.id === id)) problems.push(`${named}: another panel has this id`)
    if (!gridPos || gridPos.x + gridPos.w > COLUMNS) problems.push(`${named}: is outside the grid`)
    const under = before.find(other => overlaps(panel, other))
    if (under) problems.push(`${named}: overlaps panel ${under.id}`)
  }
  return problems
}

function overlaps({ gridPos: a }: PanelJson, { gridPos: b }: PanelJson): boolean {
  if (!a || !b) return false
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
