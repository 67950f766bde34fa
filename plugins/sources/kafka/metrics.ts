import type { MetricDefinitions } from 'mood-exporter/plugin'

export const metrics = {
  rebalances: {
    type: 'counter',
    help: 'Times that the group shared its partitions out with this member in it.',
  },
  assigned_partitions: { type: 'gauge', help: 'Partitions that are read.' },
  tombstones: { type: 'counter', help: 'Records without a value, which are no posts.' },
  missed_records: { type: 'counter', help: 'Records that were deleted before they were read.' },
  doubled_records: {
    type: 'counter',
    help: 'Records of partitions that went to another member after they were counted here and before the group knew of it.',
  },
} satisfies MetricDefinitions
