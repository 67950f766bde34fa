import { REPORT_LANGUAGES } from '../plugin/events/report.ts'
import { duration, z } from '../plugin/index.ts'
import { type TemplateFault, templateFault } from '../plugin/messages/template.ts'
import { orList, type PathProblem } from './problem.ts'
import { readTextFile } from './read-file.ts'
import { LONGEST_PERIOD, scheduleFault, WEEKDAYS } from './schedule.ts'
import type { Config } from './schema.ts'
import { nearest } from './suggest.ts'

const MINUTE = 60_000

export const reportSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, {
        error: 'expected up to 63 letters, digits, "_", "." or "-", the first a letter or digit',
      })
      .default('report')
      .describe('The name of the report; part of its key.'),
    every: duration()
      .optional()
      .describe(
        'The interval of the report: `7d`, `1d`, hours that divide a day, or minutes that divide an hour; `1d` without `cron`.',
      ),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
        error: 'expected a time of day such as "09:00"',
        abort: true,
      })
      .optional()
      .describe('The time of day, for `1d` and `7d`; by default 09:00.'),
    on: z.enum(WEEKDAYS).optional().describe('The day, for `7d`; by default `monday`.'),
    cron: z.string().optional().describe('The schedule as a cron expression with five fields.'),
    time_zone: z
      .string()
      .default('UTC')
      .describe('The time zone of `at`, `on` and `cron`, and of times in the text.'),
    period: duration()
      .refine(ms => ms >= MINUTE && ms <= LONGEST_PERIOD && ms % MINUTE === 0, {
        error: 'expected whole minutes, from 1m to 7d',
      })
      .optional()
      .describe('The length of the reported period; by default the time since the last report, at most 7d.'),
    topics: z.array(z.string()).min(1).optional().describe('The reported topics; by default all.'),
    scorer: z
      .string()
      .optional()
      .describe('The scorer; by default that of the section `alert`, or the first.'),
    to: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of the outputs that get the report; by default all that take reports.'),
    template: z
      .string()
      .min(1)
      .optional()
      .describe('A template with placeholders, instead of the standard text.'),
    template_file: z.string().min(1).optional().describe('A file to read `template` from.'),
    language: z.enum(REPORT_LANGUAGES).default('en').describe('The language of its text.'),
    few: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(30)
      .describe('The minimum of posts of a topic for percentages.'),
    terms: z.int().min(0).max(20).default(5).describe('How many top terms and rising terms of each topic.'),
    rankings: z
      .array(z.string())
      .optional()
      .describe('Sources whose rankings are reported; by default all with rankings.'),
    ranking_terms: z.int().min(1).max(50).default(10).describe('How many terms of each ranking.'),
    links: z.int().min(0).max(10).default(3).describe('How many links to posts of each topic.'),
  })
  .superRefine((report, context) => {
    const fault = scheduleFault(report)
    if (fault) context.addIssue({ code: 'custom', path: [fault.key], message: fault.message })
  })

/**
 * Reads the template files, and returns the problems of the section: duplicate names, templates, and names of topics
 * and outputs that are not configured.
 * @param baseDir the folder at which paths start
 */
export function reportProblems({ reports, topics, outputs }: Config, baseDir: string): PathProblem[] {
  const topicNames = Object.keys(topics)
  const outputNames = outputs.map(({ name, use }) => name ?? use)
  // The name of a plugin given by path or package is known only after it is loaded.
  const knowsOutputs = outputs.every(({ name, use }) => name !== undefined || /^[a-z]+$/.test(use))
  return reports.flatMap((report, i): PathProblem[] => {
    const unknown = (
      key: 'topics' | 'to',
      names: readonly string[],
      known: readonly string[],
      what: string,
    ) =>
      names.flatMap((name, place): PathProblem[] => {
        if (known.includes(name)) return []
        const there = known.length === 0 ? 'none is configured' : `there is ${orList([...known])}`
        return [{ path: ['reports', i, key, place], message: `no ${what} is called "${name}"; ${there}` }]
      })
    const isTwice = reports.findIndex(({ name }) => name === report.name) < i
    return [
      ...(isTwice
        ? [
            {
              path: ['reports', i],
              message: `two reports are called "${report.name}": give this one a \`name\` of its own`,
            },
          ]
        : []),
      ...templateProblems(report, i, baseDir),
      ...unknown('topics', report.topics ?? [], topicNames.length === 0 ? ['all'] : topicNames, 'topic'),
      ...(knowsOutputs ? unknown('to', report.to ?? [], outputNames, 'output') : []),
    ]
  })
}

/** Reads a template file, and returns the problems of the template. */
function templateProblems(report: Config['reports'][number], i: number, baseDir: string): PathProblem[] {
  const { template, template_file: file } = report
  const path = (key: string) => ['reports', i, key]
  if (file === undefined) {
    const fault = template === undefined ? null : templateFault(template)
    if (!fault) return []
    const message = `line ${fault.line} of the template: ${explained(fault)}`
    return [{ path: path('template'), message, lineOfText: fault.line }]
  }
  if (template !== undefined)
    return [
      { path: path('template_file'), message: 'expected either `template` or `template_file`, got both' },
    ]
  const read = readTextFile(file, baseDir)
  if ('error' in read) return [{ path: path('template_file'), message: read.error }]
  report.template = read.text
  const fault = templateFault(read.text)
  return fault ? [{ path: path('template_file'), message: `${file}:${fault.line}: ${explained(fault)}` }] : []
}

function explained({ message, unknown }: TemplateFault): string {
  const near = unknown && nearest(unknown.name, unknown.known)
  if (near !== undefined) return `${message}, did you mean "${near}"?`
  return unknown ? `${message}: docs/reports.md#templates lists what there is` : message
}
