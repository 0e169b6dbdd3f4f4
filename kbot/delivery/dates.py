"""Until when somebody needs something: a day, as people say it. Pure: words and today in, a day out.

fuzzydate reads the words; what it does not know ("in two weeks", a day of next year without its year) is put into its
words here.
"""

import re
from datetime import date, timedelta

import fuzzydate

from kbot.act import BadInput

LONGEST = timedelta(days=366)
EXAMPLES = "Say a day to come, for example: `2 Dec`, `Friday`, `in 2 weeks`, `end of month` or `2026-12-02`."

_NUMBERS = {"a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_IN = re.compile(r"(?:in |within )?(\d{1,3}|an?|one|two|three|four|five|six) (days?|weeks?|months?)(?: from now)?")
_YEAR = re.compile(r"\b\d{4}\b")
_SAID = re.compile(r"(?!.*\d{5})[a-z0-9 +./-]+")
"""What is worth asking the library: on numbers beyond its calendar it panics."""
_NAMED_DAY = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_BY = re.compile(r"\s(?:by|until|till|before)\s", re.IGNORECASE)
_QUOTES = "\"'“”„‟‘’«»"


def day(words: str, today: date) -> date:
    """The day that `words` name, `today` at the earliest. Raises BadInput with examples for everything else."""
    said = " ".join(words[:60].lower().replace(",", " ").split()).removeprefix("the ")
    found = _read(said, today)
    if found is not None and found < today and _NAMED_DAY.search(said) and not _YEAR.search(said):
        found = _read(f"{said} {today.year + 1}", today)  # "15 Jan", said in November
    if found is None:
        raise BadInput(f"I do not understand until when. {EXAMPLES}")
    if found < today:
        raise BadInput(f"That day is over already. {EXAMPLES}")
    if found > today + LONGEST:
        raise BadInput("I look out for a year at most; say an earlier day.")
    return found


def _read(said: str, today: date) -> date | None:
    if counted := _IN.fullmatch(said):
        count = int(_NUMBERS.get(counted[1], counted[1]))
        if counted[2].startswith("month") and count > 12:
            return today + 2 * LONGEST  # the library panics on some of them
        said = f"+{count} {counted[2]}"
    if said == "day after tomorrow":
        said = "+2 days"
    if said.startswith("end of the "):
        said = f"end of {said.removeprefix('end of the ')}"
    if said in ("this week", "next week"):  # by then: until its last working day
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=4 if said == "this week" and today.weekday() <= 4 else 11)
    if not _SAID.fullmatch(said):
        return None
    try:
        found = fuzzydate.to_date(said, today=today)
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":  # a panic is no Exception
            return None
        raise
    return found if isinstance(found, date) else None


def split(words: str) -> tuple[str, str]:
    """What is needed, and the words that say until when: `"..." by DATE`, with or without the quotes.

    Raises BadInput where one of the two is missing.
    """
    text = words.strip()
    parts = list(_BY.finditer(text))
    if not parts:
        raise BadInput('Say what you need and until when: `/kb need "moving billing to X" by 2 Dec`')
    last = parts[-1]
    what = text[: last.start()].strip().strip(_QUOTES).strip()
    if not what:
        raise BadInput('Say what you need: `/kb need "moving billing to X" by 2 Dec`')
    return what, text[last.end() :].strip().strip(_QUOTES + ".").strip()


def in_words(when: date, today: date) -> str:
    """Such as "Wednesday 2 December", with the year where it is far."""
    return when.strftime("%A %-d %B" if when - today < timedelta(days=300) else "%A %-d %B %Y")
