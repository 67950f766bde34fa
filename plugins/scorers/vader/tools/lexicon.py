"""Makes plugins/scorers/vader/lexicon-data.ts of the wheel of vaderSentiment 3.3.2 (PyPI, MIT licence):

    python3 -m pip download --no-deps vaderSentiment==3.3.2 -d /tmp/wheel
    python3 plugins/scorers/vader/tools/lexicon.py /tmp/wheel/*.whl

The wheel must be the one that was released: its checksum is below. Left out is what the reference can never find
in a text: entries with capitals (it looks words up in lower case), with a space, with punctuation that it strips, and
emoji of more than one code point (it looks at one at a time).
"""

import hashlib
import pathlib
import string
import sys
import zipfile

SHA256 = "3bf1d243b98b1afad575b9f22bc2cb1e212b94ff89ca74f8a23a588d024ea311"
TARGET = pathlib.Path(__file__).parents[1] / "lexicon-data.ts"


def rows(text):
    return [line.strip().split("\t")[:2] for line in text.rstrip("\n").split("\n") if line.strip()]


def is_found(word):
    stripped = word.strip(string.punctuation)
    kept = word if len(stripped) <= 2 else stripped
    return word == word.lower() and len(word.split()) == 1 and kept == word


def by_value(words):
    """A line for each value, its words after it."""
    lines = {}
    for word, value in words.items():
        lines.setdefault(value, []).append(word)
    return "\n".join(" ".join([f"{value:g}", *sorted(lines[value])]) for value in sorted(lines))


def main(path):
    checksum = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    if checksum != SHA256:
        sys.exit(f"{path}: expected the wheel with SHA-256 {SHA256}, got {checksum}")
    wheel = zipfile.ZipFile(path)
    read = lambda name: wheel.read(name).decode("utf-8")
    sys.path.insert(0, path)
    from vaderSentiment import vaderSentiment as reference

    weights = {word: float(weight) for word, weight in rows(read("vaderSentiment/vader_lexicon.txt"))}
    emoji = {key: text for key, text in rows(read("vaderSentiment/emoji_utf8_lexicon.txt")) if len(key) == 1}
    licence = next(name for name in wheel.namelist() if name.endswith("/LICENSE.txt"))
    lists = {
        "WEIGHTS": ("Weights, each before its words.", by_value({w: v for w, v in weights.items() if is_found(w)})),
        "EMOJI": ("What is read in the place of each emoji.", "\n".join(" ".join(row) for row in emoji.items())),
        "BOOSTERS": ("What a word or phrase adds to the weight of the word after it.", by_phrase(reference.BOOSTER_DICT)),
        "IDIOMS": ("Phrases that weigh something else than their words do.", by_phrase(reference.SPECIAL_CASES)),
        "NEGATORS": ("Words that negate the word after them.", "\n".join(sorted(reference.NEGATE))),
    }
    body = "\n".join(f"\n/** {about} */\nexport const {name} = {template(text)}" for name, (about, text) in lists.items())
    notice = "\n".join(f" * {line}".rstrip() for line in read(licence).strip().replace("\r", "").split("\n"))
    TARGET.write_text(
        "/*\n * Made by plugins/scorers/vader/tools/lexicon.py of the PyPI package vaderSentiment 3.3.2, under this licence:\n *\n"
        f"{notice}\n */\n\n"
        "/** SHA-256 of the wheel that all of this is from, and of the lists below, one after the other. */\n"
        f"export const WHEEL_SHA256 = '{SHA256}'\n"
        f"export const LISTS_SHA256 = '{hashlib.sha256(''.join(f'{chr(10)}{text}{chr(10)}' for _, text in lists.values()).encode()).hexdigest()}'\n"
        f"{body}\n",
        encoding="utf-8",
    )


def by_phrase(phrases):
    return "\n".join(f"{value:g} {phrase}" for phrase, value in sorted(phrases.items()))


def template(text):
    if "`" in text or "${" in text or text.endswith("\\"):
        sys.exit("a list has characters that a template would read otherwise")
    return f"{'String.raw' if chr(92) in text else ''}`\n{text}\n`"


if __name__ == "__main__":
    main(*sys.argv[1:])
