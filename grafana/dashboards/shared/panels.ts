import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { DATA_SOURCE } from './data-source.ts'

/** What every panel must have. */
export interface PanelParts {
  title: string
  /** What the panel shows, and what is needed to interpret it. Shown beside the title. */
  description: string
  /** One of UNITS. */
  unit: string
  /** In columns; a line has 24. */
  width: number
  queries: DataqueryBuilder[]
  /** The text without data: what that means, or what to do. */
  empty: string
}

/** What the builders of all kinds of panel have in common. */
interface AnyPanelBuilder extends Builder<Panel> {
  title(title: string): this
  description(description: string): this
  unit(unit: string): this
  noValue(text: string): this
  datasource(datasource: { type?: string; uid?: string }): this
  span(columns: number): this
  withTarget(target: Builder<Dataquery>): this
}

/** A panel without its id and height, which depend on its place on the dashboard. */
export interface PlaceablePanel extends Builder<Panel> {
  id(id: number): this
  height(height: number): this
}

/** Fills in what every panel must have. */
export function withParts<B extends AnyPanelBuilder>(builder: B, parts: PanelParts): B {
  const { title, description, unit, width, queries, empty } = parts
  builder.title(title).description(description).unit(unit).noValue(empty).datasource(DATA_SOURCE).span(width)
  for (const [i, query] of queries.entries())
    builder.withTarget(query.refId(String.fromCharCode('A'.charCodeAt(0) + i)))
  return builder
}
