export const METRICS = {
  events: {
    type: 'counter',
    help: 'Events of the stream: `post` was handed over, `reply`, `quote` and `language` were not wanted, `deleted`, `updated` and `other` are no new posts, `invalid` could not be read.',
    labels: ['result'],
  },
} as const
