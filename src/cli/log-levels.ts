/** From the most to the least. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** How the log is written; `auto` is pretty on a terminal. */
export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const
