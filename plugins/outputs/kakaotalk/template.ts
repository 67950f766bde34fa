import { type AlertEvent, briefAlert, briefReport, cut, type ReportEvent } from 'mood-exporter/plugin'

/** Maximum length of the text of a template, and of the title of a list, in code points. */
const CHARACTERS = 200

/** Minimum and maximum of items in a list. */
const LEAST_ITEMS = 2
const MOST_ITEMS = 3

export interface TemplateOptions {
  template: 'text' | 'list'
  /** The link of the message and its button. */
  link?: string | undefined
  button?: string | undefined
  /** The picture of each item of a list. */
  image?: string | undefined
}

/**
 * A default template: a text of up to 200 characters, or a list if the report has two or three topics.
 *
 * @see https://developers.kakao.com/docs/latest/ko/kakaotalk-message/common
 */
export function templateOf(
  event: ReportEvent | AlertEvent,
  { template, link, button, image }: TemplateOptions,
): object {
  const to = link === undefined ? {} : { web_url: link, mobile_web_url: link }
  const buttonTitle = button === undefined ? {} : { button_title: button }
  if (isListed(event) && template === 'list') {
    const brief = briefReport({ ...event, topics: [] }, CHARACTERS)
    return {
      object_type: 'list',
      header_title: brief,
      header_link: to,
      contents: event.topics.slice(0, MOST_ITEMS).map(topic => ({
        title: cut(topic.topic, CHARACTERS),
        description: briefReport(
          { ...event, topics: [topic], rankings: [], coverage: { stopped: 0, sources: [] } },
          CHARACTERS,
        )
          .split('\n')
          .slice(2)
          .join(' '),
        image_url: image,
        link: to,
      })),
      ...buttonTitle,
    }
  }
  const text = event.kind === 'report' ? briefReport(event, CHARACTERS) : briefAlert(event, CHARACTERS)
  return { object_type: 'text', text, link: to, ...buttonTitle }
}

/** A report with a template of its own is sent as text. */
const isListed = (event: ReportEvent | AlertEvent): event is ReportEvent =>
  event.kind === 'report' && event.template === undefined && event.topics.length >= LEAST_ITEMS
