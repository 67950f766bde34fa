import type { ReportEvent } from '../events/report.ts'

/** A report without what is written of it. */
export type ReportData = Omit<ReportEvent, 'title' | 'text' | 'markdown'>
