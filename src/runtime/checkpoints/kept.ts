/** The owner of the stored times of reports, and of the incidents of alerts. */
export const REPORTS = 'reports'

/** The owner of the stored time of the last published list of each ranking. */
export const RANKINGS = 'rankings'

/** The key of the incidents. */
export const INCIDENTS = 'incidents'
