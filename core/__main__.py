"""The command line: the same calls the pages make, for schedulers and scripts.

    python -m core report --date 2026-03-28 --dataset demo --format md --out report.md
    python -m core report --format pdf --paper letter --language zh --out reports/
    python -m core methods --out docs/methods.md
    python -m core refresh
    python -m core copy --from sqlite:////data/store.sqlite --to postgresql+psycopg://user:password@host/database

Exit status: 0 done, 1 failed (the reason in a sentence on stderr), 2 bad arguments, 130 or 143 stopped by Ctrl-C or SIGTERM.
"""

import argparse
import datetime as dt
import math
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.charts.palette import CONVENTIONS
from core.errors import BadInput, ExplorerError
from core.language import ENGLISH, LANGUAGES, _, speaking
from core.sessions import EDITIONS

FORMATS = ("md", "html", "pdf", "xlsx", "csv", "zip", "json")
PAPERS = ("a4", "letter")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    chosen = _parser().parse_args(arguments)
    with speaking(chosen.language):
        return _run(chosen)


def _run(chosen: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        return command(chosen)
    except ExplorerError as error:
        _tell(_(error.text))
        return 1
    except BrokenPipeError:
        # The reader of a pipe (head, less) left. What remains in the buffer must not be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _tell(_("{file} cannot be written: {why}.", file=str(error.filename or "The output"), why=str(error.strerror)))
        return 1


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description="Cross-market intelligence on the command line.")
    parser.set_defaults(language=ENGLISH)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="write the report of a date")
    report.set_defaults(command=_report)
    report.add_argument("--date", type=_date, help="report date, YYYY-MM-DD (default: the newest)")
    report.add_argument("--dataset", choices=("live", "demo"), default="live")
    report.add_argument("--edition", choices=[e.key for e in EDITIONS], default=EDITIONS[0].key)
    report.add_argument("--format", choices=FORMATS, default=FORMATS[0])
    report.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help="size of a PDF's pages (default: a4)")
    report.add_argument("--colours", choices=CONVENTIONS, default=CONVENTIONS[0], help="whether a rise is green or red (default: green_up)")
    report.add_argument("--language", choices=tuple(LANGUAGES), default=ENGLISH, help="language of the report and of what is told (default: en)")
    report.add_argument("--out", type=Path, metavar="FILE", help="file or folder to write to (default: standard output)")
    report.add_argument("--asof", type=_instant, metavar="INSTANT", help="use only what had been read by then, ISO 8601 (UTC if no offset)")
    report.add_argument("--threshold", type=_threshold, action="append", default=[], metavar="RULE=VALUE", help="may be repeated")
    report.add_argument("--unit", choices=("pp", "sigma"), default="pp", help="unit of the thresholds")
    methods = commands.add_parser("methods", help="write how every number is made")
    methods.set_defaults(command=_methods)
    methods.add_argument("--out", type=Path, metavar="FILE", help="file to write to (default: standard output)")
    refresh = commands.add_parser("refresh", help="fetch what is due into the store")
    refresh.set_defaults(command=_refresh)
    refresh.add_argument("--since", type=_date, metavar="DATE", help="also fetch what lacks since this date, YYYY-MM-DD")
    copy = commands.add_parser("copy", help="move a store with every vintage into another one; go on where it was interrupted")
    copy.set_defaults(command=_copy)
    copy.add_argument("--from", dest="source", metavar="URL", help="store to read (default: STORE_URL)")
    copy.add_argument("--to", dest="target", metavar="URL", help="store to write (default: STORE_URL)")
    return parser


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None


def _instant(text: str) -> dt.datetime:
    try:
        value = dt.datetime.fromisoformat(text)
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no instant; write YYYY-MM-DDTHH:MM") from None


def _threshold(text: str) -> tuple[str, float]:
    rule, _equals, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not rule or not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no threshold; write RULE=VALUE, such as us_crypto=2.5")
    return rule, value


def _report(chosen: argparse.Namespace) -> int:
    from core.datasets import metric_table, newest
    from core.export import export, file_name
    from core.export.look import Look
    from core.records import Settings
    from core.report import build

    table = metric_table(chosen.dataset, chosen.edition, asof=chosen.asof)
    date = chosen.date or newest(table) or dt.datetime.now(dt.UTC).date()
    settings = Settings(threshold_unit=chosen.unit, thresholds=tuple(dict(chosen.threshold).items()))
    report = build(table, date, settings)
    made = export("pdf_letter" if (chosen.format, chosen.paper) == ("pdf", "letter") else chosen.format)
    data = made.make(report, table, Look(paper=chosen.paper, convention=chosen.colours, language=chosen.language))
    _hand_over(data, chosen.out / file_name(report, made) if chosen.out and chosen.out.is_dir() else chosen.out)
    return 0


def _methods(chosen: argparse.Namespace) -> int:
    from core.export.methods import make

    _hand_over(make(), chosen.out)
    return 0


def _hand_over(data: bytes, out: Path | None) -> None:
    if out is not None:
        _write(out, data)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _write(out: Path, data: bytes) -> None:
    """Put a file in its place only when it is whole; what was there before stays until then. Pipes and devices are written as they are."""
    if out.exists() and not out.is_file():
        out.write_bytes(data)
        return
    place = Path(os.path.realpath(out))
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        try:
            part.write_bytes(data)
            if place.exists():
                shutil.copymode(place, part)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(out)) from error


@contextmanager
def _stoppable() -> Iterator[tuple[threading.Event, list[int]]]:
    """A flag that Ctrl-C or SIGTERM raises, and which of them did; a second one ends the process at once."""
    flag, received = threading.Event(), list[int]()

    def ask_to_stop(number: int, _frame: object) -> None:
        received.append(number)
        flag.set()
        signal.signal(number, before[number])

    before = {int(number): signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield flag, received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refresh(chosen: argparse.Namespace) -> int:
    from core.datasets import store
    from core.refresh import Event, refresh
    from core.settings import operator

    def progress(event: Event) -> None:
        of_source = f" {event.source_done}/{event.source_total}" if event.source_total else ""
        _tell(f"[{event.done}/{event.total}] {event.source}{of_source}: {event.status}. {event.message}".strip())

    settings, now = operator(), dt.datetime.now(dt.UTC)
    with _stoppable() as (flag, received):
        summary = refresh(store(settings.store_url), settings, now=now, since=chosen.since, on_event=progress, stop=flag)
    for s in summary.sources:
        counts = f"{s.new_rows} new, {s.restated_rows} restated, {len(s.failed)} series failed, {s.seconds:.1f} s"
        sys.stdout.write(f"{s.source}: {s.status} ({counts}). {s.message}".strip() + "\n")
    if summary.stopped and received:
        _tell("Stopped. What had been read by then is stored; the same command goes on with the rest.")
        return 128 + received[0]
    if not summary.reached:
        _tell("No source could be reached. The last good data stays in use; check the network and refresh later.")
    return 0 if summary.reached else 1


def _copy(chosen: argparse.Namespace) -> int:
    from core.settings import operator
    from core.store import Store, copy

    urls = [url or operator().store_url for url in (chosen.source, chosen.target)]
    if urls[0] == urls[1]:
        raise BadInput("A copy needs two stores.", remedy="Name them with --from URL and --to URL; the one left out is STORE_URL.")
    source, target = map(Store, urls)
    made = copy(source, target, lambda done, total: _tell(f"[{done:,}/{total:,}] rows copied."))
    sys.stdout.write(
        f"Both stores hold {made.observations:,} observations of {made.readings:,} readings and {made.outcomes:,} outcomes; "
        f"{made.brought:,} rows were copied now.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
