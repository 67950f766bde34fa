/** The markup of a channel. */
export interface Markup {
  /** Plain text, with the markup characters of the channel escaped. */
  text(text: string): string
  /** Emphasises escaped text. */
  bold(escaped: string): string
  /** A link. The URL and the text are not marked up yet. */
  link(url: string, text: string): string
  /** A list item. @param line already marked up */
  item(line: string): string
  /** The end of a line, and of a paragraph. */
  line: string
  paragraph: string
}

export const TEXT: Markup = {
  text: text => text,
  bold: escaped => escaped,
  // If the text is the host of the URL, the URL alone is enough.
  link: (url, text) => (text === url || text === url.split('/')[2] ? url : `${text}: ${url}`),
  item: line => `- ${line}`,
  line: '\n',
  paragraph: '\n\n',
}

/** Markdown for CommonMark, Discord and most others. */
export const MARKDOWN: Markup = {
  text: text => text.replace(/[\\`*_~|[\]<>#]/g, '\\$&'),
  bold: escaped => `**${escaped}**`,
  // In angle brackets a URL may contain parentheses, and Discord shows no preview of it.
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
