import type { ReportEvent } from '../events/report.ts'

/** A report without its texts. */
export type ReportData = Omit<ReportEvent, 'title' | 'text' | 'markdown'>
