import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDashboards } from './dashboards/index.ts'

/** The folder of the generated dashboards, which Grafana's provisioning reads. */
export const GENERATED = 'grafana/generated'

/** Paths of the generated dashboards that differ from their TypeScript; `write` updates them. */
export function generate(root: string, { write }: { write: boolean }): string[] {
  const drifted: string[] = []
  for (const [name, dashboard] of Object.entries(buildDashboards())) {
    const path = `${GENERATED}/${name}`
    const text = `${JSON.stringify(dashboard, null, 2)}\n`
    if (currentText(join(root, path)) === text) continue
    drifted.push(path)
    if (write) writeFileSync(join(root, path), text)
  }
  return drifted
}

function currentText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
