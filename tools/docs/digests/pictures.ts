import { HTML } from '../../../src/plugin/messages/markup.ts'
import type { Arrivals, SlackBlock } from './arrivals.ts'

export type Channel = Exclude<keyof Arrivals, 'webhook'>

/**
 * In pixels: the width of a picture, the space around a message, the height of a line, and the average widths of an
 * East Asian and of any other character.
 */
const WIDTH = 720
const PADDING = 24
const LINE = 22
const WIDE = 15
const NARROW = 7.2

const WIDTHS: Record<Channel, number> = {
  slack: 640,
  discord: 640,
  telegram: 520,
  kakaotalk: 300,
  email: 672,
}

const FONT =
  "'Noto Sans', 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif"

const STYLE = `
.page { box-sizing: border-box; height: 100%; padding: ${PADDING}px; font: 14px/${LINE}px ${FONT}; color: #1d1c1d; overflow-wrap: anywhere }
.from { font-weight: 700 } .from small { font-weight: 400; color: #616061; margin-left: 8px }
.message { white-space: pre-wrap; margin-bottom: 12px }
a { color: #1264a3; text-decoration: none }
.slack { background: #fff } .slack h2 { font-size: 18px; line-height: 26px; margin: 4px 0 } .slack .context { font-size: 12px; color: #616061 }
.discord { background: #313338; color: #dbdee1 } .discord a { color: #00a8fc } .discord .from { color: #f2f3f5 } .discord small { color: #949ba4 }
.telegram { background: #8fb7a1 } .telegram .message { background: #fff; border-radius: 12px; padding: 8px 12px; width: ${WIDTHS.telegram}px }
.kakaotalk { background: #b2c7d9 } .kakaotalk .message { background: #fff; border-radius: 12px; padding: 12px; width: ${WIDTHS.kakaotalk}px } .kakaotalk .button { background: #f5f5f5; border-radius: 4px; margin-top: 10px; text-align: center }
.email { background: #fff; font-family: serif } .email .from { font-family: ${FONT}; border-bottom: 1px solid #ddd; margin-bottom: 12px; padding-bottom: 8px }
`.trim()

const NAMES: Record<Channel, string> = {
  slack: 'Slack',
  discord: 'Discord',
  telegram: 'Telegram',
  kakaotalk: 'KakaoTalk',
  email: 'e-mail',
}

/**
 * A picture of a message as SVG text, in the style of the channel. It is rendered by any browser, and
 * needs no other file.
 */
export function pictureOf(channel: Channel, arrivals: Arrivals, language: string): string {
  const messages = MESSAGES[channel](arrivals as never)
  const width = WIDTHS[channel]
  const lines = messages.flatMap(html => textOf(html).split('\n'))
  const rows = lines.reduce((sum, line) => sum + rowsOf(line, width), 0)
  const height = 2 * PADDING + LINE * (rows + 2) + messages.length * 34
  const from =
    channel === 'email'
      ? `<div class="from">${HTML.text(arrivals.email[0]?.subject ?? '')}<br/><small style="margin:0">mood@example.org</small></div>`
      : '<div class="from">mood<small>09:00</small></div>'
  const body = messages.map(html => `<div class="message">${html}</div>`).join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="A digest in ${NAMES[channel]}">
<style>${STYLE.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</style>
<foreignObject width="100%" height="100%">
<div xmlns="http://www.w3.org/1999/xhtml" class="page ${channel}" lang="${language}">
${from}
${body}
</div>
</foreignObject>
</svg>
`
}

/** The messages of each channel as XHTML. */
const MESSAGES: { [Name in Channel]: (arrivals: Arrivals) => string[] } = {
  slack: ({ slack }) => slack.map(({ blocks }) => blocks.map(slackBlock).join('\n')),
  discord: ({ discord }) => discord.map(({ content }) => discordMarkdown(content)),
  telegram: ({ telegram }) => telegram.map(({ text }) => withLinks(text)),
  kakaotalk: ({ kakaotalk }) =>
    kakaotalk.map(({ text }) => `${withLinks(text)}<div class="button">자세히 보기</div>`),
  email: ({ email }) =>
    email.map(({ html }) =>
      (/<body>(.*)<\/body>/s.exec(html)?.[1] ?? '').replace(/<br>\r?\n?/g, '<br/>').trim(),
    ),
}

function slackBlock({ type, text, elements = [] }: SlackBlock): string {
  if (type === 'header') return `<h2>${HTML.text(text?.text ?? '')}</h2>`
  if (type === 'context') return `<div class="context">${elements.map(({ text }) => text).join(' ')}</div>`
  return `<div>${mrkdwn(text?.text ?? '')}</div>`
}

/** The mrkdwn of Slack, whose text is escaped like HTML. */
const mrkdwn = (text: string): string =>
  text
    .replace(/<(https?:[^|>]+)\|([^>]*)>/g, (_, url, title) => `<a href="${url}">${title}</a>`)
    .replace(/^\*(.+)\*$/gm, '<strong>$1</strong>')

const discordMarkdown = (text: string): string =>
  HTML.text(text)
    .replace(/\[((?:\\.|[^\]\\])*)\]\(&lt;(.*?)&gt;\)/g, '<a href="$2">$1</a>')
    .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
    .replace(/^- /gm, '• ')
    .replace(/\\([\\`*_~|[\]<>#]|&lt;|&gt;)/g, '$1')

const withLinks = (text: string): string =>
  HTML.text(text).replace(/https?:\/\/[^\s,]+/g, url => `<a href="${url}">${url}</a>`)

/** The text of XHTML, with the line breaks that a screen of any width shows. */
const textOf = (html: string): string =>
  html
    .replace(/<br\/>|<\/(?:h2|div)>\n?/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/\n\n\n+/g, '\n\n')
    .replaceAll('&amp;', '&')

/** The number of rows of a line, estimated from the widths of its characters. */
function rowsOf(line: string, width: number): number {
  let pixels = 0
  for (const character of line) pixels += character >= '\u1100' ? WIDE : NARROW
  return Math.max(1, Math.ceil(pixels / width))
}
