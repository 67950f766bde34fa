import { defineSource, type SourceContext } from 'mood-exporter/plugin'
import { FilePositions } from './file-positions.ts'
import { Follower } from './follow.ts'
import { FilePattern } from './found-files.ts'
import { type FileOptions, options } from './options.ts'
import { ownPace, type Pace, steadyPace } from './pace.ts'
import { timeInColumn, timeInField } from './record-time.ts'
import { Replay } from './replay.ts'

/** The minimum interval of checks, in milliseconds, whatever `poll` says. */
const LEAST_POLL_MS = 10

/** After this many records without a time, the log says so; a header is one. */
const MISSES_TO_TELL = 100

/** The pace of records; undefined for as fast as possible. */
function paceOf(
  { rate, speed, time_field, delimiter }: FileOptions,
  { log }: SourceContext,
): Pace | undefined {
  if (rate !== undefined) return steadyPace(rate)
  if (speed === undefined || time_field === undefined) return undefined
  let misses = 0
  return ownPace(
    speed,
    typeof time_field === 'number' ? timeInColumn(time_field, delimiter) : timeInField(time_field),
    () => {
      if (++misses === MISSES_TO_TELL)
        log.warn('records without a time are sent at once', { misses, time_field })
    },
  )
}

export default defineSource({
  name: 'file',
  description: 'Reads files: plain, .gz or .zst, once, at a given pace, or as they grow.',
  replayable: true,
  options,
  create: async (options, context) => {
    const { path, follow, repeat, from, poll, encoding } = options
    const { baseDir, log, maxRecordBytes, positions } = context
    const filePositions = new FilePositions(positions)
    const pattern = FilePattern.of(path, baseDir)
    if (!(await pattern.matches())) log.warn('no file matches `path`', { path, base_dir: baseDir })
    const common = { filePositions, pace: paceOf(options, context), maxRecordBytes, encoding, log }
    return {
      async run(emitter, signal) {
        const pollMs = Math.max(poll, LEAST_POLL_MS)
        if (follow)
          await new Follower({
            ...common,
            pattern,
            pollMs,
            from,
            resumed: positions.size > 0,
            emitter,
            signal,
          }).run()
        else await new Replay({ ...common, pattern, repeat }).run(emitter, signal)
      },
    }
  },
})
