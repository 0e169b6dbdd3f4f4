"""Words as the search sees them: folded, split, stemmed; the same on both databases."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_TOKEN = re.compile(r"[^\W_]+")
_NO_SPACES = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_stemmer = snowballstemmer.stemmer("english")
LONGEST_TOKEN = 40
MOST_STEMS = 256
"""Of a question that is longer, its first different stems count."""

STOP = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "done",
        "for",
        "from",
        "get",
        "go",
        "had",
        "has",
        "have",
        "he",
        "her",
        "here",
        "hi",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "kbot",
        "know",
        "let",
        "like",
        "many",
        "me",
        "more",
        "most",
        "much",
        "my",
        "no",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "one",
        "only",
        "or",
        "our",
        "out",
        "over",
        "please",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "thank",
        "thanks",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "under",
        "up",
        "us",
        "use",
        "used",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "anyone",
        "anybody",
        "someone",
        "somebody",
        "does",
        "hey",
        "hello",
    ]
)


@lru_cache(maxsize=1 << 16)
def _stem(token: str) -> str:
    return str(_stemmer.stemWord(token))


def stems(text: str) -> list[str]:
    """The stems of a text in their order, stop words left out. Scripts without spaces become pairs of characters."""
    folded = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text))
    folded = "".join(c for c in folded if not unicodedata.combining(c)).lower()
    found: list[str] = []
    for token in _TOKEN.findall(folded):
        if token in STOP:
            continue
        if _NO_SPACES.search(token):
            found += [token[i : i + 2] for i in range(max(1, len(token) - 1))]
        else:
            found.append(_stem(token[:LONGEST_TOKEN]))
    return found


def distinct(question: str) -> list[str]:
    """The different stems of a question, `MOST_STEMS` at most. A question of stop words only is its own words."""
    found = list(dict.fromkeys(stems(question)))
    return found[:MOST_STEMS] or list(dict.fromkeys(_TOKEN.findall(question.lower())))[:MOST_STEMS]
