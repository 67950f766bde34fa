import { readFileSync } from 'node:fs'
import { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text'
import { EXPORTER_UID, MOOD_UID, toAlertmanager, toAlertRules, toExporter, toMood } from './shared/links.ts'

export const RUNBOOK_UID = 'mood-runbook'

const DOCS = new URL('../../docs/alerts.md', import.meta.url)

/** What to do about each alert, as docs/alerts.md has it: where a link in a notification leads, with or without internet. */
export const runbookDashboard = () => {
  const dashboard = new DashboardBuilder('Runbook')
    .uid(RUNBOOK_UID)
    .description('What each alert means, where to look, and what to do.')
    .tags(['mood-exporter'])
    .readonly()
    .links([toMood(), toExporter(), toAlertRules(), toAlertmanager()])
  for (const [i, { title, markdown }] of runbookSections(readFileSync(DOCS, 'utf8')).entries())
    dashboard.withPanel(
      new PanelBuilder()
        .id(i + 1)
        .title(title)
        .mode(TextMode.Markdown)
        .content(markdown)
        .height(7)
        .span(12),
    )
  return dashboard
}

/** The sections of the runbook, in order: each has the name of an alert. */
export function runbookSections(docs: string): { title: string; markdown: string }[] {
  const [, runbook = ''] = docs.split('\n## Runbook\n')
  return runbook
    .split('\n### ')
    .slice(1)
    .map(section => {
      const [title = '', ...lines] = section.split('\n')
      return { title, markdown: withoutRelativeLinks(lines.join('\n').trim()) }
    })
}

/** Links to other files lead nowhere from Grafana: their texts remain. Those to dashboards of the stack become links. */
const withoutRelativeLinks = (markdown: string) =>
  markdown
    .replaceAll(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1')
    .replaceAll('*Mood*', `[Mood](/d/${MOOD_UID})`)
    .replaceAll('*Exporter*', `[Exporter](/d/${EXPORTER_UID})`)
