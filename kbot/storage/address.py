"""Which database: the two forms of KBOT_DATABASE_URL."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from kbot.act import BadInput

FORMS = "Use sqlite:///path/to/kbot.db or postgresql://user:password@host/name."


@dataclass(frozen=True)
class Address:
    """Where the database is. `file` is set for SQLite only."""

    url: URL
    file: Path | None

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read KBOT_DATABASE_URL. Raises BadInput for every other form, with the right ones."""
        try:
            url = make_url(text.strip())
        except (ArgumentError, ValueError):  # a port that is no number is a ValueError
            raise BadInput(f"KBOT_DATABASE_URL is not an address. {FORMS}") from None
        if url.drivername == "sqlite":
            if not url.database or url.database == ":memory:" or url.host:
                raise BadInput(f"KBOT_DATABASE_URL names no SQLite file. {FORMS}")
            file = Path(url.database).expanduser().absolute()
            return cls(url.set(drivername="sqlite+pysqlite", database=str(file)), file)
        if url.drivername in ("postgresql", "postgres"):
            if not url.database:
                raise BadInput(f"KBOT_DATABASE_URL names no database. {FORMS}")
            return cls(url.set(drivername="postgresql+psycopg"), None)
        raise BadInput(f"KBOT_DATABASE_URL begins with {url.drivername}://, which kbot does not know. {FORMS}")

    def __str__(self) -> str:
        return str(self.file) if self.file else self.url.render_as_string(hide_password=True)
