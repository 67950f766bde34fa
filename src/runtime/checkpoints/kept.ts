/** The name under which the exporter keeps when each report was last made, and the incidents of alerts. */
export const REPORTS = 'reports'

/** The name under which the exporter keeps which list of each ranking was published last. */
export const RANKINGS = 'rankings'

/** The key of the incidents. */
export const INCIDENTS = 'incidents'
