/**
 * Replaces the text between two marker lines, `<!-- name -->` and `<!-- /name -->`, of a document that is otherwise
 * written by hand.
 *
 * @throws Error if the document does not contain both markers in this order
 */
export function fillMarkers(document: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const start = document.indexOf(open)
  const end = document.indexOf(close, start)
  if (start < 0 || end < 0) throw new Error(`expected the lines <!-- ${name} --> and <!-- /${name} -->`)
  return `${document.slice(0, start + open.length)}\n${text.trim()}\n\n${document.slice(end)}`
}
