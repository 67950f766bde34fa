import type {
  AnnotationJson,
  DashboardJson,
  PanelJson,
  QueryJson,
  VariableJson,
} from '../../grafana/check/dashboard-json.ts'

/** The JSON of a panel, limited to the properties that the preview supports. */
export interface Panel extends Omit<PanelJson, 'targets' | 'fieldConfig'> {
  targets?: Target[]
  fieldConfig?: { defaults?: FieldConfig; overrides?: Override[] }
  maxDataPoints?: number
  maxPerRow?: number
  // biome-ignore lint/suspicious/noExplicitAny: each type of panel has its own.
  options?: any
}

export interface Target extends QueryJson {
  legendFormat?: string
  format?: string
}

export interface Dashboard extends Omit<DashboardJson, 'panels' | 'annotations' | 'templating'> {
  description?: string
  time?: { from?: string }
  panels?: Panel[]
  annotations?: { list?: Annotation[] }
  templating?: { list?: Variable[] }
  links?: { title?: string; url?: string }[]
}

export interface Variable extends VariableJson {
  label?: string
  multi?: boolean
}

export interface Annotation extends AnnotationJson {
  iconColor?: string
  step?: string
  titleFormat?: string
}

/** The display options of a series. */
export interface FieldConfig {
  unit?: string
  decimals?: number
  min?: number
  max?: number
  noValue?: string
  color?: { mode?: string; fixedColor?: string }
  thresholds?: { steps?: { value: number | null; color: string }[] }
  mappings?: Mapping[]
  custom?: {
    drawStyle?: string
    lineWidth?: number
    lineStyle?: { fill?: string; dash?: number[] }
    fillOpacity?: number
    stacking?: { mode?: string }
    fillBelowTo?: string
    axisSoftMin?: number
    axisSoftMax?: number
  }
}

export interface MappingResult {
  text?: string
  color?: string
}

export type Mapping =
  | { type: 'value'; options: Record<string, MappingResult> }
  | { type: 'range'; options: { from: number | null; to: number | null; result: MappingResult } }

export interface Override {
  matcher: { id: string; options?: string }
  properties: { id: string; value: unknown }[]
}
