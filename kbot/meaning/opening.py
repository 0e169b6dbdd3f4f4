"""Which embedder and which composer a process works with, by its settings."""

from collections.abc import Callable

from kbot.meaning.composer import Composer
from kbot.meaning.embedder import Embedder
from kbot.meaning.hashed import HashEmbedder
from kbot.settings import EmbedderKind, Settings


def open_embedder(settings: Settings, say: Callable[[str], None]) -> Embedder:
    """The embedder that is set. `say` is told when the model's graph has to be built first.

    Raises BadInput where the model is not installed as it was published, or its folder cannot be written.
    """
    if settings.embedder is EmbedderKind.HASHED:
        return HashEmbedder()
    from kbot.meaning.minilm import MiniLM  # here, for 40 MB and 0.1 s that the stand-in does not cost

    return MiniLM.open(settings.model_folder, say)


def open_composer(settings: Settings) -> Composer | None:
    """What words the answers: nothing yet, whatever is set."""
    return None
