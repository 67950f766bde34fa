import { type Html, html } from '../../../src/html/html.ts'

/** What stands in a panel instead of data: what its `noValue` says. */
export const noData = (text = 'No data'): Html => html`<div class="message">${text}</div>`

/** What stands in a panel that cannot be drawn. */
export const failure = (text: string): Html => html`<div class="message failure">${text}</div>`
