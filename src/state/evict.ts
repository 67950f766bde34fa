/** Panes by where they start in event time. */
interface Panes {
  entries(): Iterable<[start: number, pane: unknown]>
  delete(start: number): void
  readonly size: number
}

/** Gives up the oldest panes past the most that there may be. Returns where they started, the oldest first. */
export function evictOldest(panes: Panes, most: number): number[] {
  if (panes.size <= most) return []
  const starts = Array.from(panes.entries(), ([start]) => start).sort((a, b) => a - b)
  const evicted = starts.slice(0, starts.length - most)
  for (const start of evicted) panes.delete(start)
  return evicted
}
