import { duration, z } from '../plugin/index.ts'
import { windowLabel } from './windows.ts'

const MINUTE = 60_000

/** The longest window of rankings, in milliseconds. */
const LONGEST_MS = 31 * 86_400_000

export const rankingsSchema = z.strictObject({
  windows: z
    .array(
      duration().refine(ms => ms >= MINUTE && ms <= LONGEST_MS && Number.isInteger(ms), {
        error: 'expected from 1m to 31d',
      }),
    )
    .min(1)
    .max(10)
    .superRefine((windows, context) => {
      for (const [i, size] of windows.entries())
        if (windows.indexOf(size) < i)
          context.addIssue({
            code: 'custom',
            path: [i],
            message: `expected windows of different sizes, got ${windowLabel(size)} twice`,
          })
    })
    .prefault(['1h', '1d'])
    .describe('Windows over which the share of appearances and the mean rank of terms are computed.'),
  top: z.int().min(1).max(100).default(10).describe('How many terms to show of each ranking and window.'),
  terms: z.int().min(1).max(1000).default(50).describe('Terms kept of each snapshot, the first ones.'),
  snapshots: z
    .int()
    .min(10)
    .max(100_000)
    .default(2000)
    .describe('Snapshots kept of each ranking; the oldest are evicted.'),
})
