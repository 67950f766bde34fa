/** The file that commands use by default. */
export const DEFAULT_CONFIG = 'mood.yml'
