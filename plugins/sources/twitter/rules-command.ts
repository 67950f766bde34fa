import { type CommandContext, type CommandResult, Disconnect } from 'mood-exporter/plugin'
import { Api } from './api.ts'
import type { TwitterOptions } from './options.ts'
import { type Rule, topicsIn } from './rules/diff.ts'
import { RuleSet } from './rules/rule-set.ts'
import type { RefusedTopic } from './rules/wanted.ts'
import { wantedOf } from './topics.ts'

/**
 * `mood-exporter twitter rules`: lists the rules of the app, shows what would change, applies changes, or removes our
 * rules. Rules of others are never changed. Rejects if X does not answer.
 *
 * @param action `list`, `diff`, `apply` or `clear`
 */
export async function rulesCommand(
  action: string,
  options: TwitterOptions,
  context: CommandContext,
): Promise<CommandResult> {
  try {
    return await run(action, options, context)
  } catch (error) {
    throw error instanceof Disconnect
      ? new Error(`${options.url}: ${error.message}`, { cause: error })
      : error
  }
}

async function run(
  action: string,
  options: TwitterOptions,
  { signal, topics }: CommandContext,
): Promise<CommandResult> {
  const { bearer_token: token, url, timeout: timeoutMs, owner } = options
  const rules = new RuleSet(new Api({ token, url, timeoutMs, signal }), owner)
  // Rules apply to the stream, whatever else the source does.
  const wanted = wantedOf({ ...options, mode: 'stream' })(topics)
  const shown = (rule: Pick<Rule, 'value' | 'tag'>) => ({
    topics: topicsIn(owner, rule.tag) ?? null,
    rule: rule.value,
  })

  if (action === 'list') {
    const all = (await rules.list()).map(rule => ({ id: rule.id, tag: rule.tag ?? null, ...shown(rule) }))
    const lines = all.map(
      ({ id, tag, topics, rule }) =>
        `${id}  ${topics?.join(', ') ?? `(not ours: ${tag ?? 'no tag'})`}  ${rule}`,
    )
    return { text: lines.join('\n') || 'the app has no rules', data: all }
  }
  if (action === 'clear') {
    const removed = (await rules.clear()).map(shown)
    return { text: [...removed.map(line('-')), `${removed.length} removed`].join('\n'), data: { removed } }
  }
  if (action === 'apply') {
    const applied = await rules.apply(wanted)
    const [added, removed] = [applied.added.map(shown), applied.removed.map(shown)]
    return changes(added, removed, applied.refused, applied.rules.length - added.length)
  }
  const { add, remove, keep } = await rules.diff(wanted)
  const added = add.map(({ value, topics }) => ({ topics: [...topics], rule: value }))
  return changes(added, remove.map(shown), wanted.refused, keep.length)
}

type Shown = { topics: string[] | null; rule: string }

const line =
  (sign: string) =>
  ({ topics, rule }: Shown) =>
    `${sign} ${topics?.join(', ') ?? ''}  ${rule}`

function changes(
  added: Shown[],
  removed: Shown[],
  refused: readonly RefusedTopic[],
  kept: number,
): CommandResult {
  const lines = [
    ...removed.map(line('-')),
    ...added.map(line('+')),
    ...refused.map(
      ({ topic, reason, value }) => `! ${topic}  ${reason}${value === undefined ? '' : `: ${value}`}`,
    ),
    `${added.length} added, ${removed.length} removed, ${refused.length} refused, ${kept} as they were`,
  ]
  const data = {
    added,
    removed,
    refused: refused.map(({ topic, reason, value }) => ({ topic, reason, rule: value ?? null })),
    kept,
  }
  return { text: lines.join('\n'), data, failed: refused.length > 0 }
}
