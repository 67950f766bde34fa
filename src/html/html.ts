/** Markup that is safe to send. Only {@link html} makes it, so text from others is escaped. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }

  toString(): string {
    return this.markup
  }
}

export type Fragment = Html | string | number | null | undefined | false | readonly Fragment[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that HTML does not allow.
const UNSAFE = /[&<>"']|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g

/** Escapes text for an element's content or a quoted attribute. Characters that HTML forbids show as U+FFFD. */
export function escapeHtml(text: string): string {
  return text.replace(UNSAFE, character => ENTITIES[character] ?? '\uFFFD')
}

function render(value: Fragment): string {
  if (value instanceof Html) return value.markup
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'object') return value.map(render).join('')
  return escapeHtml(String(value))
}

/**
 * A template tag. Values are escaped unless they are `Html`, lists are joined, and null, undefined and false are left
 * out. Attributes with values must be quoted.
 */
export function html(strings: TemplateStringsArray, ...values: Fragment[]): Html {
  let markup = strings[0] as string
  for (const [index, value] of values.entries()) markup += render(value) + strings[index + 1]
  return new Html(markup)
}
