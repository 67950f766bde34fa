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
    help: 'Records that are counted twice: by this exporter, and by the next owner of the partition, which it could not hand over.',
  },
  unclean_takeovers: {
    type: 'counter',
    help: 'Partitions that were taken over from an owner that had not handed them over: it was killed, or lost the group.',
  },
} satisfies MetricDefinitions
