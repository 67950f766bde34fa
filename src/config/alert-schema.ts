import { z } from '../plugin/index.ts'

/** A parameter of an alert: its schema, its default and its meaning. */
interface Parameter {
  readonly schema: z.ZodNumber
  readonly value: number
  readonly meaning: string
}

const deviations = z.number().min(1).max(1000)
const share = z.number().gt(0).lt(1)
const posts = z.int().min(1).max(1_000_000_000)

/** Defaults of the alert that is on by default: a rise of the share of negative posts. */
export const SPIKE_VALUES = { z: 4.6, min_posts: 20, min_rise: 0.08, min_usual_posts: 200 } as const

/** Defaults of the alerts that are off by default. */
export const FURTHER_VALUES = {
  joy: { z: 4.6, min_rise: 0.08 },
  surge: { z: 3, min_ratio: 2, min_peak_ratio: 1.5 },
  silence: { z: 5, max_ratio: 0.1 },
} as const

/** Parameters of the alert that is on by default: a rise of the share of negative posts. */
export const SPIKE = {
  z: {
    schema: deviations,
    value: SPIKE_VALUES.z,
    meaning:
      'How many standard deviations above what is usual the share of negative posts must lie; more are asked of a topic that has been restless.',
  },
  min_posts: {
    schema: posts,
    value: SPIKE_VALUES.min_posts,
    meaning: 'Posts that a window must have for an alert to fire.',
  },
  min_rise: {
    schema: share,
    value: SPIKE_VALUES.min_rise,
    meaning: 'How far the share must rise above what is usual: 0.08 is eight points in a hundred.',
  },
  min_usual_posts: {
    schema: posts,
    value: SPIKE_VALUES.min_usual_posts,
    meaning: 'Posts that there must have been before, to know what is usual.',
  },
} as const satisfies Record<string, Parameter>

/** The alerts that are off by default, with their parameters. */
export const FURTHER_ALERTS = {
  joy: {
    meaning: 'An alert on a rise of the share of positive posts.',
    parameters: {
      z: { schema: deviations, value: FURTHER_VALUES.joy.z, meaning: 'As above, of positive posts.' },
      min_rise: {
        schema: share,
        value: FURTHER_VALUES.joy.min_rise,
        meaning: 'As above, of positive posts.',
      },
    },
  },
  surge: {
    meaning: 'An alert on a topic that is suddenly talked about.',
    parameters: {
      z: {
        schema: deviations,
        value: FURTHER_VALUES.surge.z,
        meaning: 'How many standard deviations more posts than in the hour before.',
      },
      min_ratio: {
        schema: z.number().gt(1).max(1000),
        value: FURTHER_VALUES.surge.min_ratio,
        meaning: 'How many times as many posts as in the hour before.',
      },
      min_peak_ratio: {
        schema: z.number().min(1).max(1000),
        value: FURTHER_VALUES.surge.min_peak_ratio,
        meaning: 'How many times as many posts as in the busiest half hours of the last two weeks.',
      },
    },
  },
  silence: {
    meaning: 'An alert on a topic that falls silent.',
    parameters: {
      z: {
        schema: deviations,
        value: FURTHER_VALUES.silence.z,
        meaning: 'How many standard deviations fewer posts than usual.',
      },
      max_ratio: {
        schema: z.number().min(0).lt(1),
        value: FURTHER_VALUES.silence.max_ratio,
        meaning: 'The most posts, as a part of what is usual.',
      },
    },
  },
} as const satisfies Record<string, { meaning: string; parameters: Record<string, Parameter> }>

type Parameters = Readonly<Record<string, Parameter>>

/** In YAML 1.2 `on` and `off` are texts, so both they and booleans are accepted. */
const toggle = z.literal(['on', 'off', true, false])

/** @param shownDefault whether the effective value of an absent parameter is shown */
function shapeOf(parameters: Parameters, shownDefault: boolean) {
  const entries = Object.entries(parameters).map(([name, { schema, value, meaning }]) => {
    const optional = schema.optional().describe(meaning)
    return [name, shownDefault ? optional.meta({ shownDefault: String(value) }) : optional] as const
  })
  return Object.fromEntries(entries)
}

function alertShape(shownDefault: boolean) {
  const further = Object.entries(FURTHER_ALERTS).map(([name, { meaning, parameters }]) => {
    const settings = z.union([toggle, z.strictObject(shapeOf(parameters, shownDefault))]).optional()
    const described = settings.describe(meaning)
    return [name, shownDefault ? described.meta({ shownDefault: 'off' }) : described] as const
  })
  return { ...shapeOf(SPIKE, shownDefault), ...Object.fromEntries(further) }
}

/** The alert settings of a topic. What it leaves out is taken from the section `alert`. */
export const topicAlertSchema = z.union([toggle, z.strictObject(alertShape(false))])

/** The section `alert`: the defaults of all topics. */
export const alertSchema = z.union([
  toggle,
  z.strictObject({
    scorer: z
      .string()
      .min(1)
      .optional()
      .describe('The scorer of the alerts.')
      .meta({ shownDefault: 'the first' }),
    ...alertShape(true),
  }),
])

/** `off`, or parameters by name, and further alerts by their names: `{ z: 6, joy: 'on' }`. */
export type AlertSettings = 'on' | 'off' | boolean | Readonly<Record<string, unknown>>
