/** How a call of a plugin fails: values of the label `reason` of `mood_plugin_errors_total`. */
export const FAILURE_REASONS = {
  threw: 'the call threw, or the promise that it returned was rejected',
  invalid_result:
    'the call returned a value that its kind of plugin must not return: a score of 7, a term that is not a string',
  timeout: 'the call did not return within limits.plugin_timeout',
  crash: 'the call ended its thread',
  memory: 'the thread of the call used more than limits.worker_memory',
} as const

export type FailureReason = keyof typeof FAILURE_REASONS

/** Failures that end a thread. It is then replaced. */
export const THREAD_FAILURES = ['timeout', 'crash', 'memory'] as const satisfies readonly FailureReason[]
