/** From most to least verbose. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Formats of the log; `auto` is pretty on a terminal. */
export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const
