"""Messages, the Home tab and dialogs as a person reads and uses them: by visible words, never by ids."""

from collections.abc import Iterator, Mapping, Sequence

from kbot.playground.elements import choices
from kbot.playground.interactions import Outcome, Place
from kbot.playground.server import Playground
from kbot.playground.typed import elements, value_in
from kbot.playground.words import element, plain, text_of
from kbot.playground.world import Json, Person, View, World


class NotThere(AssertionError):
    def __init__(self, wanted: str, there: Sequence[str], text: str) -> None:
        super().__init__(f"no {wanted!r} here; there are {list(there)}\n---\n{text}")


class Seen:
    """A message, an ephemeral or the Home tab; read anew at each look, its last words stay when it is gone."""

    def __init__(self, playground: Playground, person: Person, channel: str, shown: Json) -> None:
        self._playground = playground
        self._person = person
        self._first = shown
        self._last = shown
        self.channel = channel
        self.key = str(shown["key"])
        self.ts = str(shown["ts"])
        self.ephemeral = bool(shown["ephemeral"])
        self.author: str | None = shown["user"]
        self.thread: str | None = shown["thread_ts"]
        """The `ts` of the thread's root; what stands in a thread never leaves it."""

    def __repr__(self) -> str:
        return f"<seen by {self._person.name}: {self.text!r}>"

    @property
    def live(self) -> bool:
        """Still there for this person."""
        return self._now() is not None

    @property
    def text(self) -> str:
        """Everything a person reads: the blocks' words, else the text."""
        shown = self._look()
        world = self._playground.slack.world
        return text_of(world, shown["blocks"]) or plain(world, str(shown["text"]))

    @property
    def notification(self) -> str:
        """The `text` field: what a notification shows."""
        return str(self._look()["text"])

    @property
    def blocks(self) -> list[Json]:
        return list(self._look()["blocks"])

    @property
    def buttons(self) -> list[str]:
        """Labels of buttons, of overflow entries and of feedback buttons."""
        return [label for label, *_ in self._pressable(self.blocks)]

    @property
    def menus(self) -> dict[str, list[str]]:
        """Placeholders (or labels) of menus with their choices."""
        world = self._playground.slack.world
        return {
            name: [plain(world, option["text"]["text"]) for option in choices(it)]
            for name, _, it in _menus(world, self.blocks)
        }

    @property
    def reactions(self) -> dict[str, list[str]]:
        """Emoji name -> ids of those who reacted so."""
        return {r["name"]: list(r["users"]) for r in self._look()["reactions"]}

    @property
    def edited(self) -> bool:
        return bool(self._look()["edited"])

    @property
    def sent_at(self) -> str:
        return str(self._look()["sent_at"])

    def press(self, label: str, *, near: str = "", as_first_seen: bool = False) -> bool:
        """Presses the button (or overflow entry, or feedback button) with this label.

        True when the app acknowledged it. `near`: words in the row of the button, when several have the
        label. `as_first_seen`: the button as it was when this was first looked at, though the message has
        changed since. Raises NotThere.
        """
        blocks = list(self._first["blocks"]) if as_first_seen else self.blocks
        world = self._playground.slack.world
        for name, block, it, value in self._pressable(blocks):
            if name == label and near in row_text(world, blocks, block):
                return self._click(block, it, value, blocks if as_first_seen else None).ok
        raise NotThere(label, [name for name, *_ in self._pressable(blocks)], self.text)

    def choose(self, menu: str, option: str | Sequence[str], *, near: str = "") -> bool:
        """Chooses in a menu, found by its placeholder or its label; `near` as in `press`. Raises NotThere."""
        world = self._playground.slack.world
        blocks = self.blocks
        found = list(_menus(world, blocks))
        for name, block, it in found:
            if name == menu and near in row_text(world, blocks, block):
                return self._click(block, it, option, None).ok
        raise NotThere(menu, [name for name, *_ in found], self.text)

    def _pressable(self, blocks: list[Json]) -> Iterator[tuple[str, Json, Json, str | None]]:
        for block, it in elements(blocks):
            if it["type"] in ("button", "icon_button"):
                yield it["text"]["text"], block, it, None
            elif it["type"] == "overflow":
                for option in it["options"]:
                    yield option["text"]["text"], block, it, option["value"]
            elif it["type"] == "feedback_buttons":
                for name in ("positive_button", "negative_button"):
                    yield it[name]["text"]["text"], block, it, it[name]["value"]

    def _click(self, block: Json, it: Json, value: str | Sequence[str] | None, on_screen: list[Json] | None) -> Outcome:
        place = Place(home=True) if self.key == "home" else Place(key=self.key)
        work = self._playground.interactions.click(
            self._person, place, block["block_id"], it["action_id"], value, on_screen=on_screen
        )
        return self._playground.wait_for(work)

    def _look(self) -> Json:
        self._last = self._now() or self._last
        return self._last

    def _now(self) -> Json | None:
        if self.key == "home":
            return _home_shape(self._playground, self._person)
        channel = self._playground.slack.world.channels.get(self.channel)
        if channel is None:
            return None
        shown = self._playground.call(lambda: self._playground.screen.messages(self._person, channel))
        return next((each for each in shown if each["key"] == self.key), None)


def seen_home(playground: Playground, person: Person) -> Seen:
    return Seen(playground, person, "D" + person.id[1:], _home_shape(playground, person))


def _home_shape(playground: Playground, person: Person) -> Json:
    home = playground.slack.world.homes.get(person.id)
    return {
        "key": "home",
        "ts": "",
        "ephemeral": False,
        "user": None,
        "text": "",
        "blocks": list(home.content["blocks"]) if home else [],
        "thread_ts": None,
        "reactions": [],
        "edited": False,
        "sent_at": "",
    }


def row_text(world: World, blocks: list[Json], of: Json) -> str:
    """The words of a block and of those before it, back to the last one with something to press."""
    pressable = [block for block, _ in elements(blocks)]
    row: list[Json] = []
    for block in blocks:
        row.append(block)
        if block is of:
            break
        if block in pressable:
            row = []
    return text_of(world, row)


def _menus(world: World, blocks: list[Json]) -> Iterator[tuple[str, Json, Json]]:
    """Menus by the words at them: a label, the placeholder, what is chosen, or the text beside."""
    for block, it in elements(blocks):
        if it["type"] in ("button", "icon_button", "feedback_buttons"):
            continue
        names = [block.get("label"), it.get("placeholder"), block.get("text")]
        label = next((plain(world, n["text"]) for n in names if n), element(world, it).strip("[]"))
        yield label, block, it


class Modal:
    """A dialog, by its labels. What is filled in is sent with `submit` or the next `press`."""

    def __init__(self, playground: Playground, person: Person, view_id: str) -> None:
        self._playground = playground
        self._person = person
        self._filled: dict[str, dict[str, str | Sequence[str]]] = {}
        self.id = view_id

    @property
    def live(self) -> bool:
        """Still open, on top or below another."""
        return self._view() is not None

    @property
    def title(self) -> str:
        return str(self._open().content["title"]["text"])

    @property
    def text(self) -> str:
        return text_of(self._world, self._blocks)

    @property
    def fields(self) -> dict[str, object]:
        """Labels of inputs and what stands in them (a menu: the chosen label)."""
        view = self._open()
        shown: dict[str, object] = {}
        for label, block, it in self._inputs():
            typed = view.typed.get(block["block_id"], {}).get(it["action_id"], {})
            shown[label] = _readable(value_in(typed))
        for label, block, it in self._inputs():
            filled = self._filled.get(block["block_id"], {}).get(it["action_id"])
            shown[label] = shown[label] if filled is None else filled
        return shown

    @property
    def errors(self) -> dict[str, str]:
        """What stands beside the fields after a refused submit, by label."""
        return self._by_label(self._open().errors)

    @property
    def buttons(self) -> list[str]:
        return [it["text"]["text"] for _, it in elements(self._blocks) if it["type"] == "button"]

    def choices(self, label: str) -> list[str]:
        _, it = self._find(label)
        return [plain(self._world, option["text"]["text"]) for option in choices(it)]

    def fill(self, label: str, value: str) -> "Modal":
        """Types into the field with this label. Raises NotThere."""
        return self._set(label, value)

    def select(self, label: str, option: str | Sequence[str]) -> "Modal":
        """Chooses by the visible words of an option, a person's name or a channel's name."""
        return self._set(label, option)

    def submit(self, values: Mapping[str, str | Sequence[str]] | None = None) -> dict[str, str]:
        """Sends the form; returns what stands beside the fields when it was refused, by label."""
        for label, value in (values or {}).items():
            self._set(label, value)
        blocks = self._blocks
        work = self._playground.interactions.submit(self._person, self.id, self._filled)
        outcome = self._playground.wait_for(work)
        return self._by_label(outcome.errors, blocks)

    def press(self, label: str, *, near: str = "") -> bool:
        """Presses a button within the dialog; `near`: words in its row. Raises NotThere."""
        blocks = self._blocks
        for block, it in elements(blocks):
            options = choices(it) if it["type"] == "overflow" else []
            names = [it["text"]["text"]] if it["type"] == "button" else [o["text"]["text"] for o in options]
            if label in names and near in row_text(self._world, blocks, block):
                value = label if options else None
                work = self._playground.interactions.click(
                    self._person,
                    Place(view_id=self.id),
                    block["block_id"],
                    it["action_id"],
                    value,
                    values=self._filled,
                )
                return self._playground.wait_for(work).ok
        raise NotThere(label, self.buttons, self.text)

    def choose(self, label: str, option: str | Sequence[str]) -> bool:
        """Chooses in a menu that tells the app at once (no submit needed). Raises NotThere."""
        block, it = self._find(label)
        work = self._playground.interactions.click(
            self._person, Place(view_id=self.id), block["block_id"], it["action_id"], option, self._filled
        )
        return self._playground.wait_for(work).ok

    def close(self) -> None:
        self._playground.wait_for(self._playground.interactions.close(self._person, self.id))

    @property
    def _world(self) -> World:
        return self._playground.slack.world

    @property
    def _blocks(self) -> list[Json]:
        return list(self._open().content["blocks"])

    def _view(self) -> View | None:
        stack = self._world.modals.get(self._person.id, [])
        return next((view for view in stack if view.id == self.id), None)

    def _open(self) -> View:
        view = self._view()
        assert view is not None, "this dialog is closed"
        return view

    def _inputs(self) -> list[tuple[str, Json, Json]]:
        return [found for found in _menus(self._world, self._blocks) if found[2]["type"] != "overflow"]

    def _find(self, label: str) -> tuple[Json, Json]:
        for name, block, it in self._inputs():
            if name == label:
                return block, it
        raise NotThere(label, [name for name, *_ in self._inputs()], self.text)

    def _set(self, label: str, value: str | Sequence[str]) -> "Modal":
        block, it = self._find(label)
        self._filled.setdefault(block["block_id"], {})[it["action_id"]] = value
        return self

    def _by_label(self, errors: Mapping[str, str], blocks: list[Json] | None = None) -> dict[str, str]:
        labels = {
            block["block_id"]: plain(self._world, block["label"]["text"])
            for block in (blocks or self._blocks)
            if block["type"] == "input"
        }
        return {labels.get(block_id, block_id): text for block_id, text in errors.items()}


def _readable(value: object) -> object:
    if isinstance(value, dict) and "text" in value:
        return value["text"]["text"]
    if isinstance(value, list):
        return [_readable(each) for each in value]
    return value
