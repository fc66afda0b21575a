"""Which charts belong to which section: one declaration for pages and files, so that they cannot drift apart."""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.insight.us import INDICES, MACRO
from core.metrics import MetricTable
from core.metrics.breadth import SECTORS
from core.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.charts.picture import Picture


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart by name: `factory` is "room.function" of core.charts, called with what it `needs` and with `arguments`.

    `wide` charts want a line of their own; the others stand two in a row. A chart that only `screen`s show tells nothing that the section's tables
    and its other charts do not tell a reader of files.
    """

    factory: str
    arguments: tuple[object, ...] = ()
    needs: str = "table report"
    wide: bool = False
    screen: bool = False

    def draw(self, table: MetricTable, report: Report) -> "Picture | None":
        """The picture; None where its data is missing. Altair is imported with the first chart, not before."""
        room, name = self.factory.split(".")
        given = {"table": table, "report": report}
        make: Callable[..., Picture | None] = getattr(importlib.import_module(f"core.charts.{room}"), name)
        return make(*(given[n] for n in self.needs.split()), *self.arguments)


PLOTS: dict[str, tuple[Plot, ...]] = {
    "transmission": (
        Plot("chain.chain", wide=True),
        Plot("link.link_scatter", ("us_hk_broad",)), Plot("link_history.link_history", ("us_hk_broad",)),
        Plot("link.link_scatter", ("us_hk_tech",)), Plot("link.link_scatter", ("us_cn_broad",), screen=True),
    ),
    "crypto_defi": (
        Plot("stablecoins.flows", (60,)), Plot("defi.tvl_changes"), Plot("defi.dex_changes"), Plot("defi.volume_range"),
    ),
    "us": (
        Plot("lines.rebased", (INDICES, 90)), Plot("ranked.ranked_changes", (SECTORS,)), Plot("ranked.unusual", ((*INDICES[:3], *MACRO),)),
    ),
    "hong_kong": (
        Plot("hk.against_us"), Plot("lines.rebased", (("hsi", "hscei", "hstech"), 90)), Plot("link.link_scatter", ("us_hk_tech",)),
    ),
    "a_shares": (Plot("lines.rebased", (("sse", "szse", "chinext", "csi300"), 90)), Plot("breadth.a_share_breadth")),
    "divergences": (Plot("divergence.strength"),),
    "capital_flows": (Plot("flow_map.flow_map", needs="report", wide=True),),
}  # fmt: skip


def plots(section: str, report: Report) -> tuple[Plot, ...]:
    """The charts of a section in a file; divergences show the strongest rule's history as well."""
    strongest = report.findings[0].rule if section == "divergences" and report.findings else ""
    shown = (p for p in PLOTS.get(section, ()) if not p.screen)
    return (*shown, *((Plot("divergence.distribution", (strongest,)),) if strongest else ()))
