import {
  type AlertEvent,
  alertText,
  cut,
  defineOutput,
  httpDeliveryError,
  httpPost,
  Pacer,
  partsOf,
  type ReportEvent,
  reportPeriod,
  reportSections,
  reportText,
  SLACK,
  sectionLines,
  sendParts,
  webhookUrl,
  z,
} from 'mood-exporter/plugin'

/** Slack accepts a message per second, apart from short bursts. */
const PACE_MS = 1000

/** Limits: characters of a header and of a section, and blocks of a message. */
const HEADER_CHARACTERS = 150
const SECTION_CHARACTERS = 3000
const BLOCKS = 50

/**
 * Reports and alerts to a channel of Slack, by an incoming webhook.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks requests and answers
 * @see https://docs.slack.dev/reference/block-kit/blocks/section-block 3,000 characters per section
 * @see https://docs.slack.dev/apis/web-api/rate-limits a message per second, 429 with Retry-After
 */
export default defineOutput({
  name: 'slack',
  description: 'Sends reports and alerts to a channel of Slack.',
  takes: ['reports', 'alerts'],
  batch: 1,
  options: z.object({
    url: webhookUrl('https://hooks.slack.com/services/T000/B000/XXXX').describe(
      'The URL of an incoming webhook. Never shown, as it is its own password.',
    ),
  }),
  create({ url }, { store }) {
    const pacer = new Pacer(PACE_MS)
    return {
      async write([event], { signal }) {
        if (!event) return
        await sendParts(store, event.key, messagesOf(event), async body => {
          await pacer.turn(signal)
          const answer = await httpPost(
            { url, headers: { 'content-type': 'application/json' }, body },
            signal,
          )
          if (!answer.ok) throw httpDeliveryError(answer, { keepMisconfigured: true })
        })
      },
    }
  },
})

/** Messages as JSON: one, or several if the content exceeds the limit of blocks. `text` is shown in notifications. */
function messagesOf(event: ReportEvent | AlertEvent): string[] {
  const blocks = event.kind === 'report' ? reportBlocks(event) : sectionsOf(alertText(event, SLACK))
  const messages: string[] = []
  for (let i = 0; i < blocks.length; i += BLOCKS)
    messages.push(
      JSON.stringify({
        text: SLACK.text(event.title),
        blocks: blocks.slice(i, i + BLOCKS),
        unfurl_links: false,
      }),
    )
  return messages
}

function reportBlocks(report: ReportEvent): object[] {
  if (report.template !== undefined) return sectionsOf(reportText(report, SLACK))
  const header = { type: 'plain_text', text: cut(report.title, HEADER_CHARACTERS), emoji: false }
  const period = { type: 'mrkdwn', text: SLACK.text(reportPeriod(report)) }
  return [
    { type: 'header', text: header },
    { type: 'context', elements: [period] },
    ...reportSections(report, SLACK).flatMap(section =>
      sectionsOf(
        [
          ...(section.heading === '' ? [] : [SLACK.bold(SLACK.text(section.heading))]),
          ...sectionLines(section, SLACK),
        ].join('\n'),
      ),
    ),
  ]
}

const sectionsOf = (text: string): object[] =>
  partsOf(text, SECTION_CHARACTERS).map(text => ({ type: 'section', text: { type: 'mrkdwn', text } }))
