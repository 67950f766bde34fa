import type { Logger } from 'pino'

/** What the server needs of pino. */
export type ServerLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
