import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard'

/** UIDs of the dashboards, which links and alerts name. */
export const MOOD_UID = 'mood'
export const BRANDS_UID = 'mood-brands'
export const TRENDS_UID = 'mood-trends'
export const EXPORTER_UID = 'mood-exporter'

const link = (title: string, icon: string, tooltip: string, url: string) =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).icon(icon).tooltip(tooltip).url(url)

export const toMood = () => link('Mood', 'dashboard', 'Mood of the topics', `/d/${MOOD_UID}`).keepTime(true)

export const toBrands = () =>
  link('Brands', 'dashboard', 'How topics compare, over days and weeks', `/d/${BRANDS_UID}`)

export const toTrends = () =>
  link('Trends', 'dashboard', 'Trending terms, and the posts about them', `/d/${TRENDS_UID}`)

export const toExporter = () =>
  link('Exporter', 'dashboard', 'State of the exporter', `/d/${EXPORTER_UID}`).keepTime(true)

export const toAlertRules = () =>
  link('Alert rules', 'bolt', 'Rules of Prometheus and of Grafana, with their state', '/alerting/list')

export const toAlertmanager = () =>
  link(
    'Alertmanager',
    'external link',
    'Alerts that Alertmanager received, and notifications that it sent',
    '/alerting/groups?alertmanager=Alertmanager',
  )
