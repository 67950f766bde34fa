import { isObject } from './json.ts'
import type { PluginStore } from './store.ts'

const KEY = 'parts'

/**
 * Sends an event in parts, one after another, and stores how many were sent: when the event is written again after a
 * failure or a restart, the next part follows. It uses the key `parts` of the store, for one event at a time.
 *
 * @param key the event's key, the same in each attempt
 * @param send sends one part; if it rejects, so does this
 */
export async function sendParts(
  store: PluginStore,
  key: string,
  parts: readonly string[],
  send: (part: string) => Promise<void>,
): Promise<void> {
  const known = parts.length > 1 ? await store.get(KEY) : undefined
  const isThis = isObject(known) && known.key === key && typeof known.sent === 'number'
  for (let i = isThis ? (known.sent as number) : 0; i < parts.length; i++) {
    await send(parts[i] as string)
    if (parts.length > 1) await store.set(KEY, { key, sent: i + 1 })
  }
}
