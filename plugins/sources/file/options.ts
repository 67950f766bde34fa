import { duration, encoding, z } from 'mood-exporter/plugin'

export const options = z
  .object({
    path: z
      .string()
      .min(1)
      .describe('A file, or a glob such as `logs/*.jsonl`; relative to the configuration file.'),
    from: z
      .enum(['start', 'end'])
      .default('start')
      .describe('Where to begin in files that exist on the very first start; `end` needs `follow: true`.'),
    follow: z
      .boolean()
      .default(false)
      .describe('Keep reading as files grow, are rotated or appear; without it, read to the end and finish.'),
    poll: duration()
      .prefault('250ms')
      .describe(
        'How often followed files are checked; changes that the operating system reports are seen sooner.',
      ),
    encoding: encoding()
      .optional()
      .describe(
        'The encoding of the text, such as `cp949` or `latin1`; by default UTF-8. A byte order mark in the file takes precedence.',
      ),
    rate: z.number().positive().optional().describe('Records a second, to replay at a steady speed.'),
    speed: z
      .number()
      .positive()
      .optional()
      .describe(
        'The replay speed, relative to the times of the records: 10 is ten times as fast; needs `time_field`.',
      ),
    time_field: z
      .union([z.string().min(1), z.int().min(1)])
      .optional()
      .describe(
        'Where `speed` finds the time: a JSON field (`created_at`, `/data/created_at`) or the number of a column, from 1.',
      ),
    delimiter: z
      .string()
      .length(1, { error: 'expected one character' })
      .default(',')
      .describe('The delimiter of columns, if `time_field` is the number of one.'),
    repeat: z.boolean().default(false).describe('Start again after the end, for demonstrations.'),
  })
  .refine(({ from, follow }) => from === 'start' || follow, {
    path: ['from'],
    error: '`end` needs `follow: true`: without it there is nothing to read after the end',
  })
  .refine(({ follow, repeat }) => !(follow && repeat), {
    path: ['repeat'],
    error: 'not together with `follow`, which never comes to an end',
  })
  .refine(({ follow, speed }) => !(follow && speed !== undefined), {
    path: ['speed'],
    error: 'not together with `follow`, which reads records when they are written',
  })
  .refine(({ rate, speed }) => rate === undefined || speed === undefined, {
    path: ['speed'],
    error: 'expected either `rate` or `speed`, got both',
  })
  .refine(({ speed, time_field }) => (speed === undefined) === (time_field === undefined), {
    path: ['time_field'],
    error:
      '`speed` and `time_field` belong together: the first is the pace, the second is where the times are',
  })

export type FileOptions = z.output<typeof options>
