"""What a link may carry: how each value is read, and what is said when it cannot be used."""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlencode

from core.charts.palette import CONVENTIONS
from core.divergences import RULES
from core.language import LANGUAGES, N_, _, speaking
from core.records import Settings
from core.sessions import EDITIONS
from core.wording import day
from pages.parts import tongue

DATASETS = ("live", "demo")
UNITS = ("pp", "sigma")
# Prefix of the threshold parameters by unit, and the highest threshold in standard deviations.
PREFIX = {"pp": "t_", "sigma": "z_"}
HIGHEST_SIGMA = 5.0
HIGHEST_FLAT = 1.0
# Characters of a value that are repeated to the reader.
_LONGEST = 60
_BY_KEY = {r.key: r for r in RULES}


def spelled(key: str) -> str:
    """A key of several words as a link spells it: `asia close`, `red up`."""
    return key.replace("_", " ")


def named(key: str) -> str:
    """The same as the sidebar names it, and so the address of a page on show, in the language spoken."""
    return _(spelled(key))


def meant(options: Sequence[str], text: str) -> str:
    """The key that a link means: by itself, as links spell it, or as the sidebar names it in any language; empty where it means none."""
    return told({key: spelled(key) for key in options}, text)


def told(names: Mapping[str, str], text: str) -> str:
    """The key of `names` that a link means: by itself, or by its name in any language; empty where it means none."""
    return next((key for key, name in names.items() if text in {key, name} or text in _said(name)), "")


def _said(name: str) -> Iterator[str]:
    """A name in every language."""
    for language in LANGUAGES:
        with speaking(language):
            yield _(name)


def highest(rule: str, unit: str) -> float:
    """The highest threshold that can be set for a rule."""
    return HIGHEST_SIGMA if unit == "sigma" else _BY_KEY[rule].highest


def quoted(text: str) -> str:
    """What a link said, in quotation marks and not longer than a line."""
    return f"“{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}”"


def _one_of(name: str, options: tuple[str, ...]) -> Callable[[str], str]:
    def why(text: str) -> str:
        return "" if meant(options, text) else N_("There is no {name} {text}.", name=name, text=quoted(text))

    return why


def _number(name: str, high: float) -> Callable[[str], str]:
    def why(text: str) -> str:
        try:
            value = float(text)
        except ValueError:
            return N_("{name}: {text} is no number.", name=name, text=quoted(text))
        if math.isfinite(value) and 0 <= value <= high:
            return ""
        return N_("{name}: {text} is not between 0 and {high}.", name=name, text=quoted(text), high=f"{high:g}")

    return why


def date_of(text: str) -> dt.date | None:
    """A date written as 2026-03-28; None for anything else."""
    try:
        return dt.date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def instant_of(text: str) -> dt.datetime | None:
    """An instant in ISO 8601, UTC where it names no offset; None for anything else."""
    try:
        value = dt.datetime.fromisoformat(text.strip())
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _checks(unit: str) -> dict[str, Callable[[str], str]]:
    checks = {
        "dataset": _one_of("dataset", DATASETS),
        "edition": _one_of("edition", tuple(e.key for e in EDITIONS)),
        "unit": _one_of("unit of thresholds", UNITS),
        "colours": _one_of("colour convention", CONVENTIONS),
        "language": lambda text: "" if tongue.known(text) else N_("There is no {name} {text}.", name="language", text=quoted(text)),
        "flat": _number("Flat band", HIGHEST_FLAT),
    }
    for u, prefix in PREFIX.items():
        checks |= {prefix + r.key: _number(N_("Threshold of {rule}", rule=r.label), highest(r.key, unit if prefix == "t_" else u)) for r in RULES}
    return checks


def complaints(given: Mapping[str, str]) -> list[str]:
    """A sentence for each value of a link that cannot be used, whatever the data. Dates are judged by `date_complaint`."""
    checks = _checks(meant(UNITS, given.get("unit", "")) or UNITS[0])
    found = [why for name, text in given.items() if name in checks and (why := checks[name](text))]
    strange = [n for n in given if n[:2] in PREFIX.values() and n[2:] not in _BY_KEY]
    return [*found, *(N_("No divergence rule is called {text}.", text=quoted(n[2:])) for n in strange)]


def date_complaint(text: str, first: dt.date, last: dt.date) -> str:
    """Why a date of a link cannot be used; empty where it can."""
    asked = date_of(text)
    if asked is None:
        return N_("{text} is no date; write it as 2026-03-28.", text=quoted(text))
    if asked > last:
        return N_("There is no report for {date} yet: the last one is of {last}.", date=day(asked, year=True), last=day(last, year=True))
    if asked < first:
        late = "There is no report for {date}: the data begins too late for one before {first}."
        return N_(late, date=day(asked, year=True), first=day(first, year=True))
    return ""


def query(
    *, dataset: str, date: dt.date, edition: str, settings: Settings, asof: dt.datetime | None, colours: str, language: str,
    own: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Everything that decides what a page shows, as a query string that shows the same in any browser; `own` are the page's own parameters."""
    values = {"dataset": dataset, "date": date.isoformat(), "edition": spelled(edition), "unit": settings.threshold_unit}
    values |= {"flat": f"{settings.flat:g}", "colours": spelled(colours), "language": language}
    values |= {PREFIX[settings.threshold_unit] + rule: f"{value:g}" for rule, value in settings.thresholds}
    if asof is not None:
        values["asof"] = asof.isoformat().replace("+00:00", "Z")
    return urlencode(values | dict(own or {}))
