"""Scores texts with the reference: a line of JSON in, the compound score out.

    python3 -m venv /tmp/vader && /tmp/vader/bin/pip install vaderSentiment==3.3.2
    /tmp/vader/bin/python plugins/scorers/vader/tools/reference.py < texts.jsonl
"""

import json
import sys

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

analyzer = SentimentIntensityAnalyzer()
for line in sys.stdin:
    print(analyzer.polarity_scores(json.loads(line))["compound"])
