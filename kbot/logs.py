"""What is logged, and what never is: a filter takes every token and secret out of every line."""

import logging
import re
import sys

_SECRET = re.compile(r"\b(xox[a-z]|xapp|xwfp)-[\w-]+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")


class _WithoutSecrets(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub("[secret]", super().format(record))


def set_up_logging(level: str) -> None:
    """Log to standard error, one line an entry. `level` is kbot's own: a library is heard only when something is wrong,
    because what it says beside that holds people's words (Bolt logs whole messages at DEBUG)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutSecrets("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.split(".")[0] == "kbot")
    logging.basicConfig(level=level, handlers=[handler], force=True)
