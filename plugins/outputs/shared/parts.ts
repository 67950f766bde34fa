import {
  type AlertEvent,
  alertText,
  isObject,
  type Markup,
  type PluginStore,
  type ReportEvent,
  reportText,
} from 'mood-exporter/plugin'

const KEY = 'parts'

/**
 * Sends an event in parts, and stores how many were sent, so that a retry continues after the last one.
 *
 * @param send sends one part; an exception ends the write
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

/** A report or alerts in the markup of a channel. */
export const eventText = (event: ReportEvent | AlertEvent, markup: Markup): string =>
  event.kind === 'report' ? reportText(event, markup) : alertText(event, markup)
