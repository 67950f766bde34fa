/** How a channel writes what a message is made of. */
export interface Markup {
  /** Text as it is, with what the channel would take for markup escaped. */
  text(text: string): string
  /** What {@link Markup.text} has made, emphasised. */
  bold(escaped: string): string
  link(url: string, text: string): string
  /** A line of a list. */
  item(line: string): string
  /** Ends a line, and a paragraph. */
  line: string
  paragraph: string
}

export const TEXT: Markup = {
  text: text => text,
  bold: escaped => escaped,
  // A text that is the host of the URL says nothing more.
  link: (url, text) => (text === url || text === url.split('/')[2] ? url : `${text}: ${url}`),
  item: line => `- ${line}`,
  line: '\n',
  paragraph: '\n\n',
}

/** Markdown as CommonMark, Discord and most others read it. */
export const MARKDOWN: Markup = {
  text: text => text.replace(/[\\`*_~|[\]<>#]/g, '\\$&'),
  bold: escaped => `**${escaped}**`,
  // In angle brackets a URL may hold parentheses, and Discord makes no preview of it.
  link: (url, text) => `[${MARKDOWN.text(text)}](<${url.replace(/[<>\s]/g, encodeURIComponent)}>)`,
  item: line => `- ${line}`,
  line: '\n',
  paragraph: '\n\n',
}

/**
 * Slack's mrkdwn.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export const SLACK: Markup = {
  text: text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  bold: escaped => `*${escaped}*`,
  link: (url, text) => `<${SLACK.text(url.replaceAll('|', '%7C'))}|${SLACK.text(text).replaceAll('|', '¦')}>`,
  item: line => `• ${line}`,
  line: '\n',
  paragraph: '\n\n',
}

export const HTML: Markup = {
  text: text =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  bold: escaped => `<strong>${escaped}</strong>`,
  link: (url, text) => `<a href="${HTML.text(url)}">${HTML.text(text)}</a>`,
  item: line => `• ${line}`,
  line: '<br>\n',
  paragraph: '<br>\n<br>\n',
}
