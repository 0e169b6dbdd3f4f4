"""From one revision of the schema to another, by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine

from kbot.act import BadInput


def migrate(engine: Engine, migrations: Path, revision: str, *, back: bool) -> None:
    """Bring a database to `revision`, or take it `back` to one. Raises BadInput for a revision that there is not."""
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["engine"] = engine
    try:
        (command.downgrade if back else command.upgrade)(config, revision)
    except CommandError as error:
        raise BadInput(
            f"There is no such revision: {error}. Try `kbot db upgrade` or `kbot db downgrade -1`."
        ) from None
