import pino, { type Logger, type LoggerOptions } from 'pino'
import type { Config } from '../config/schema.ts'
import type { LogLevel } from './log-levels.ts'

export interface LogOptions {
  level?: LogLevel
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  format?: Config['log']['format']
}

const OPTIONS: LoggerOptions = {
  // Neither host nor pid: whoever collects logs knows both.
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: label => ({ level: label }) },
}

/** The program's log, on standard error. Written at once, so that the last words before an exit are not lost. */
export async function createLog({ level = 'info', format = 'auto' }: LogOptions = {}): Promise<Logger> {
  const options = { ...OPTIONS, level }
  const isPretty = format === 'auto' ? process.stderr.isTTY === true : format === 'pretty'
  if (!isPretty) return pino(options, pino.destination({ fd: 2, sync: true }))
  const { default: pretty } = await import('pino-pretty')
  const stream = pretty({
    destination: 2,
    sync: true,
    colorize: process.stderr.isTTY === true && !process.env.NO_COLOR,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
  return pino(options, stream)
}
