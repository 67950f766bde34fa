/** The name under which the exporter keeps when each report was last made, and the incidents of alerts. */
export const REPORTS = 'reports'

/** The key of the incidents. */
export const INCIDENTS = 'incidents'
