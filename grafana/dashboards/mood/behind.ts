import { line, type Section } from '../shared/layout.ts'
import { logs } from '../shared/logs.ts'

/** The dashboard's variables that are labels of the output `loki`. */
const CHOSEN_POSTS = '{service_name="mood-exporter", topic=~"$topic", source=~"$source"}'

/** Score, sentiment, text, link (unless it is the text itself) and id. */
const LINE =
  '{{if .score}}{{.score}} {{end}}{{.sentiment}}: {{__line__}}{{if .url}}{{if ne .url __line__}} {{.url}}{{end}}{{end}}{{if .id}} (id {{.id}}){{end}}'

const posts = () =>
  logs({
    title: 'Posts behind this',
    description:
      'A sample of the posts on the selected topics, from the selected sources, in the time range: the latest 200. To see the posts of a spike, drag across it in a graph above. The details of a post have its score, scorer, link and id.',
    width: 24,
    empty:
      'No posts in this time range. This panel needs the output `loki` with `posts`; posts are kept for a day',
    query: `${CHOSEN_POSTS} | line_format \`${LINE}\``,
  })

/** The posts. The row is closed at first, so that no text is shown unasked, and a stack without Loki shows no error. */
export const behind = (): Section => ({
  title: 'Posts behind this',
  isClosed: true,
  lines: [line(14, posts())],
})
