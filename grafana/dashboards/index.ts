import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { brandsDashboard } from './brands.ts'
import { exporterDashboard } from './exporter.ts'
import { moodDashboard } from './mood.ts'
import { runbookDashboard } from './runbook.ts'
import { trendsDashboard } from './trends.ts'

/** Every dashboard, by the name of the file that Grafana reads. */
export const buildDashboards = (): Record<string, Dashboard> => ({
  'mood.json': moodDashboard().build(),
  'brands.json': brandsDashboard().build(),
  'trends.json': trendsDashboard().build(),
  'exporter.json': exporterDashboard().build(),
  'runbook.json': runbookDashboard().build(),
})
