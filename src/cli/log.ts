import pino, { type Logger, type LoggerOptions } from 'pino'
import { redact } from '../config/redact.ts'
import type { Config } from '../config/schema.ts'
import type { LogLevel } from './log-levels.ts'
import { LogSink } from './log-sink.ts'

export interface LogOptions {
  level?: LogLevel
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  format?: Config['log']['format']
}

/** A log that counts the lines it could not write. */
export type CountedLog = Logger & { linesLost(): number }

const OPTIONS: LoggerOptions = {
  // Without host and pid: log collectors know both.
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: label => ({ level: label }) },
}

/** The program's log, on standard error. Written at once, so that the last lines before an exit are not lost. */
export async function createLog({ level = 'info', format = 'auto' }: LogOptions = {}): Promise<CountedLog> {
  const sink = new LogSink()
  process.once('exit', () => sink.flush())
  const isPretty = format === 'auto' ? process.stderr.isTTY === true : format === 'pretty'
  const layOut = isPretty ? await prettyLines() : (line: string) => line
  const log = pino({ ...OPTIONS, level }, { write: line => sink.write(redact(layOut(line))) })
  return Object.assign(log, { linesLost: () => sink.lost })
}

async function prettyLines(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty')
  return prettyFactory({
    colorize: process.stderr.isTTY === true && !process.env.NO_COLOR,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
}
