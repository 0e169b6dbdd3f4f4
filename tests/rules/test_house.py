"""The house is what its papers say: rooms, arrows, settings, commands, and a wheel that works elsewhere."""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from pydantic_core import PydanticUndefined

from kbot import cli
from kbot.settings import Settings

HOUSE = Path(__file__).parents[2]
KBOT = HOUSE / "kbot"
PAPERS = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md")])
ABOUT_400_LINES = 420


def read(name: str) -> str:
    return (HOUSE / name).read_text()


def run(*command: str | Path, cwd: Path = HOUSE, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=100, check=False
    )


# Rooms and arrows


def test_the_list_of_rooms_is_what_stands_in_kbot() -> None:
    listed = re.findall(r"^\| `([a-z_]+)(?:/|\.py)` \|", read("docs/architecture.md"), re.MULTILINE)
    folders = {path.parent.name for path in KBOT.glob("*/__init__.py")}
    modules = {path.stem for path in KBOT.glob("*.py")} - {"__init__"}
    assert sorted(listed) == sorted(folders | modules)


def test_every_room_is_in_the_picture() -> None:
    picture = ElementTree.parse(HOUSE / "docs/rooms.svg")
    shown = {text.text for text in picture.iter("{http://www.w3.org/2000/svg}text") if text.get("class") == "name"}
    rooms = {path.parent.name for path in KBOT.glob("*/__init__.py")} | {path.stem for path in KBOT.glob("*.py")}
    assert shown == rooms - {"__init__"}


def test_imports_point_the_way_that_the_contract_says() -> None:
    told = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("path", sorted(KBOT.rglob("*.py")), ids=lambda path: str(path.relative_to(KBOT)))
def test_a_file_is_one_room(path: Path) -> None:
    assert not {"utils", "helpers", "common", "core", "manager"} & {path.stem, path.parent.name}
    assert len(path.read_text().splitlines()) <= ABOUT_400_LINES, "a file over about 400 lines is two rooms"
    if path.name == "__init__.py":
        assert len(ast.parse(path.read_text()).body) <= 1, "a package says what it is and does nothing"


# Settings


def settings() -> dict[str, tuple[object, str]]:
    """Default and sentence of every setting, by the name of its environment variable."""
    found = {}
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"KBOT_{name.upper()}"
        found[str(variable)] = (field.default, str(field.description))
    return found


def chapters() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", read("docs/settings.md"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], (" ".join(part.split()) for part in parts[1::2]), strict=True))


def test_every_setting_has_its_heading() -> None:
    assert set(chapters()) == set(settings())


@pytest.mark.parametrize("name", settings())
def test_the_manual_says_what_the_code_says_of(name: str) -> None:
    default, sentence = settings()[name]
    chapter = chapters()[name]
    assert sentence in chapter
    if default is None:
        assert "· default none" in chapter
    elif default is not PydanticUndefined:
        assert f"default `{default}`" in chapter


def test_papers_and_deploy_name_no_setting_that_does_not_exist() -> None:
    known = {*settings(), "KBOT_TEST_PG", "KBOT_TEST_EXAMPLES"}
    for path in [*PAPERS, *(HOUSE / "deploy").iterdir()]:
        named = set(re.findall(r"\b(?:KBOT|SLACK)_[A-Z_]+\b", path.read_text()))
        assert named <= known, path.name


# Commands, links, hosts


@pytest.mark.parametrize("paper", ["README.md", "CONTRIBUTING.md"])
def test_what_a_newcomer_is_told_to_make_is_in_the_makefile(paper: str) -> None:
    told = set(re.findall(r"^make ([a-z.]+)|`make ([a-z]+)", read(paper), re.MULTILINE))
    targets = {*re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE), ".venv"}
    words = {one or other for one, other in told}
    assert words
    assert words <= targets


def commands(parser: argparse.ArgumentParser, said: str = "kbot") -> Iterator[str]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield said
    for action in inner:
        for word, below in action.choices.items():
            yield from commands(below, f"{said} {word}")


def test_every_command_is_in_the_readme_and_the_reverse() -> None:
    real = set(commands(cli._parser()))
    rows = [line.split("|")[1] for line in read("README.md").splitlines() if line.startswith("| `kbot ")]
    assert set(re.findall(r"`(kbot [a-z ]+)`", " ".join(rows))) == real


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(HOUSE)))
def test_links_lead_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", paper.read_text())
    broken = [link for link in links if "://" not in link and not (paper.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("picture", sorted((HOUSE / "docs").glob("*.svg")), ids=lambda path: path.name)
def test_a_picture_needs_nothing_from_elsewhere(picture: Path) -> None:
    text = picture.read_text()
    assert ElementTree.fromstring(text).find("{http://www.w3.org/2000/svg}title") is not None
    assert not re.search(r"href|@import|url\((?!#)|<script|<foreignObject", text)


def test_no_package_registry_is_named_anywhere() -> None:
    # Put together here, so that this file does not name one either.
    hosts = [
        *("pypi" + end for end in (".org", ".python.org")),
        *(
            name + ".org"
            for name in ("python" + "hosted", "npm" + "js", "deb" + "ian", "ruby" + "gems", "ana" + "conda")
        ),
        *(name + ".com" for name in ("npm" + "js", "ubu" + "ntu", "yarn" + "pkg", "jsde" + "livr", "unp" + "kg")),
        *(name + ".io" for name in ("doc" + "ker", "gh" + "cr", "qu" + "ay", "gcr", "crates")),
    ]
    pattern = re.compile("|".join(rf"\b{re.escape(host)}\b" for host in hosts))
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert listed.returncode == 0, listed.stderr
    found = {
        name: match[0]
        for name in listed.stdout.split("\0")
        if name and (HOUSE / name).is_file()
        if (match := pattern.search((HOUSE / name).read_text(errors="ignore")))
    }
    assert not found


# What people read


def sentences(path: Path) -> Iterator[str]:
    """Every text in a module that is no docstring."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            is_docstring = isinstance(node, ast.Expr)
            if isinstance(child, ast.Constant) and isinstance(child.value, str) and not is_docstring:
                yield child.value


WORDING = [
    path
    for path in sorted(KBOT.rglob("*.py"))
    if "playground" not in path.parts and re.search(r"views|cards|showing|jobs|listeners|commands", path.stem)
]
NEVER_SAID = re.compile(
    r"reminder|overdue|haven.t answered|great job|streak"
    r"|impact score|engagement|adoption|compliance|\blearner|consumption|\breached\b|\bROI\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", WORDING, ids=lambda path: str(path.relative_to(KBOT)))
def test_kbot_never_nags_scores_or_shouts(path: Path) -> None:
    for text in sentences(path):
        assert not NEVER_SAID.search(text)
        assert not re.search(r"\w!(?:\s|$)", text), "kbot does not shout"


# The wheel, and what deploys it


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.mark.xdist_group("wheel")
def test_the_wheel_carries_the_migrations_and_the_page(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    migrations = {f"kbot/{p.relative_to(HOUSE)}" for p in (HOUSE / "migrations").rglob("*.py")}
    page = {str(p.relative_to(HOUSE)) for p in (KBOT / "playground/page").iterdir()}
    assert len(migrations) >= 2
    assert len(page) >= 3
    assert migrations | page <= inside
    assert not {name for name in inside if name.startswith(("tests/", "benchmarks/"))}


@pytest.mark.xdist_group("wheel")
def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    assert (installed := run(*pip, cwd=tmp_path)).returncode == 0, installed.stderr
    elsewhere = {"PYTHONPATH": str(target), "KBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'kbot.db'}"}

    where = run(sys.executable, "-c", "import kbot; print(kbot.__file__)", cwd=tmp_path, **elsewhere)
    assert Path(where.stdout.strip()).is_relative_to(target)
    printed = run(sys.executable, "-m", "kbot.cli", "manifest", "--json", cwd=tmp_path, **elsewhere)
    assert json.loads(printed.stdout)["features"]["slash_commands"][0]["command"] == "/kb"
    upgraded = run(target / "bin/kbot", "db", "upgrade", cwd=tmp_path, **elsewhere)
    assert upgraded.stdout.strip().endswith(": current"), upgraded.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_unit_is_one_that_systemd_understands_and_finds_tight(tmp_path: Path) -> None:
    unit = tmp_path / "kbot.service"
    unit.write_text(read("deploy/kbot.service").replace("/opt/kbot/bin/kbot", "/bin/true"))
    verified = run("systemd-analyze", "verify", str(unit))
    assert verified.stdout + verified.stderr == ""  # an unknown key is told, and yet the exit code is 0
    judged = run("systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit))
    assert judged.returncode == 0, judged.stdout[-300:]


def test_the_compose_file_starts_the_bot_when_the_schema_is_there() -> None:
    services = yaml.safe_load(read("deploy/compose.yaml"))["services"]
    assert services["kbot"]["depends_on"]["schema"]["condition"] == "service_completed_successfully"
    words = [" ".join(["kbot", *services["schema"]["command"]])]
    assert set(words) <= set(commands(cli._parser()))
    assert services["kbot"]["read_only"] is True


def test_the_container_runs_as_a_number_that_is_not_root() -> None:
    user = re.findall(r"^USER (\d+)(?::\d+)?$", read("deploy/Dockerfile"), re.MULTILINE)
    assert user
    assert int(user[-1]) > 0
