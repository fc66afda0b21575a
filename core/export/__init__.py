"""Report → bytes, one record per format."""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import BadInput
from core.export.html import make as html_bytes
from core.export.json import make as json_bytes
from core.export.markdown import make as markdown_bytes
from core.records import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A format: `make` turns a report into the bytes of a file, the same bytes for the same report."""

    key: str
    label: str
    mime: str
    suffix: str
    make: Callable[[Report], bytes]


EXPORTS: tuple[Export, ...] = (
    Export(key="html", label="Web page", mime="text/html", suffix="html", make=html_bytes),
    Export(key="md", label="Markdown", mime="text/markdown", suffix="md", make=markdown_bytes),
    Export(key="json", label="JSON", mime="application/json", suffix="json", make=json_bytes),
)
BY_KEY: dict[str, Export] = {e.key: e for e in EXPORTS}


def export(key: str) -> Export:
    """The format of that key. Raises BadInput."""
    if key not in BY_KEY:
        raise BadInput(f"There is no format {key!r}.", remedy=f"Use one of: {', '.join(BY_KEY)}.")
    return BY_KEY[key]


def file_name(report: Report, export: Export) -> str:
    """A name for the file: `market-intelligence_demo_2026-03-28_morning.md`."""
    return f"market-intelligence_{report.dataset}_{report.date.isoformat()}_{report.edition}.{export.suffix}"
