"""What is logged, and what never is: a filter takes every token and secret out of every line."""

import logging
import re
import sys

_SECRET = re.compile(r"\b(xox[a-z]|xapp|xwfp)-[\w-]+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")


class _WithoutSecrets(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub("[secret]", super().format(record))


def set_up_logging(level: str) -> None:
    """Log to standard error, one line an entry. Chatty libraries are heard only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutSecrets("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("slack_sdk", "slack_bolt", "aiohttp", "apscheduler", "alembic", "uvicorn", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
