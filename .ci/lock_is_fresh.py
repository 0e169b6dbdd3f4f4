"""Say whether the locks hold what pyproject.toml asks for; exit 1 and the way out when they do not.

Each lock is compiled again with the present one as its start, so that a new release somewhere changes nothing. Where
that fails, mostly because the registry cannot be reached, what pyproject.toml asks for is compared with what the
locks pin.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOUSE = Path(__file__).parent.parent
LOCKS = {"requirements.lock": (), "requirements-dev.lock": ("--group", "dev")}
SECONDS = 120


class NotCompiled(Exception):
    """uv made no lock; the message is its reason."""


def main() -> int:
    """Look at both locks; returns the exit code."""
    wrong = [f"{name}: {what}" for name, groups in LOCKS.items() for what in looked_at(name, groups)]
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        print("The locks are not fresh: run `make lock` and commit both.", file=sys.stderr)
    return 1 if wrong else 0


def looked_at(name: str, groups: tuple[str, ...]) -> list[str]:
    """What is wrong with a lock, one sentence each."""
    text = (HOUSE / name).read_text()
    wrong = []
    if "://" in text or "--index-url" in text or "--find-links" in text:
        wrong.append("names a host; a lock holds names, versions and hashes only")
    try:
        if compiled(text, groups) != text:
            wrong.append("does not hold what pyproject.toml asks for")
    except NotCompiled as error:
        print(f"{name}: only what pyproject.toml names is compared, for uv says: {error}", file=sys.stderr)
        wrong += missing(text, dev=bool(groups))
    return wrong


def compiled(present: str, groups: tuple[str, ...]) -> str:
    """The lock as uv makes it now, keeping every version that still fits. Raises NotCompiled."""
    options = re.findall(r"^LOCK := (.*)$", (HOUSE / "Makefile").read_text(), re.MULTILINE)[0].split()
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder) / "made.lock"
        lock.write_text(present)
        uv = Path(sys.executable).with_name("uv")
        command = [str(uv), *options, *groups, "-o", str(lock), "pyproject.toml"]
        try:
            subprocess.run(command, cwd=HOUSE, check=True, timeout=SECONDS, capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            raise NotCompiled(f"no answer in {SECONDS} s") from None
        except subprocess.CalledProcessError as error:
            raise NotCompiled(" ".join(str(error.stderr).split())[:300]) from None
        return lock.read_text()


def missing(lock: str, *, dev: bool) -> Iterator[str]:
    """What pyproject.toml asks for and the lock does not pin, or pins at a version that does not fit."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *(project["dependency-groups"]["dev"] if dev else ())]
    pinned = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock, re.MULTILINE))
    for requirement in map(Requirement, asked):
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{requirement.name} is not in it"
        elif not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} is pinned at {version}, asked for is {requirement.specifier}"


if __name__ == "__main__":
    sys.exit(main())
