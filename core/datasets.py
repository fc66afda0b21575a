"""The two datasets behind one interface. Nothing downstream knows which one it looks at."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import BadInput
from core.language import N_
from core.metrics import MetricTable, compute
from core.panel import build
from core.sessions import Instants, cutoffs
from core.settings import operator
from core.sources.published import PublishedFigure, published
from core.store import Store
from core.wording import instant

# Days of history before the first report: enough for the shortest statistics.
WARM_UP = 90
# Days of history that a report needs for all of its statistics: a trailing year, and the warm-up before it.
NEEDED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Where observations come from. `version` changes whenever they do; `endless` datasets go on until now, others end with their data.

    `observations` takes the instant by which they had to be read (None: all of them). `alert` is what a reader should know of the store.
    """

    key: str
    label: str
    synthetic: bool
    endless: bool
    notice: str
    observations: Callable[..., pd.DataFrame]
    version: Callable[[], str]
    alert: Callable[[], str]
    published: Callable[[], tuple[PublishedFigure, ...]]


def _demo(asof: dt.datetime | None = None) -> pd.DataFrame:
    from core.sources import synthetic

    made = synthetic.observations()
    return made if asof is None else made[made["fetched_at"] <= pd.Timestamp(asof).tz_convert("UTC").tz_localize(None)]


class _Stores:
    """The store at a URL, opened once per process, however many ask for it at once."""

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._opened: dict[str, Store] = {}

    def __call__(self, url: str) -> Store:
        with self._opening:
            if url not in self._opened:
                self._opened[url] = Store(url)
            return self._opened[url]

    def cache_clear(self) -> None:
        """Open every store anew when it is asked for next."""
        with self._opening:
            self._opened.clear()


store = _Stores()


def _live(asof: dt.datetime | None = None) -> pd.DataFrame:
    return store(operator().store_url).load(asof)


def _live_version() -> str:
    return store(operator().store_url).version()


def _live_alert() -> str:
    return store(operator().store_url).notice()


_ALL = (
    Dataset(
        key="live", label="Live data", synthetic=False, endless=True, notice="", observations=_live, version=_live_version,
        alert=_live_alert, published=lambda: (),
    ),
    Dataset(
        key="demo", label="Demo market", synthetic=True, endless=False,
        notice="Demo market: synthetic prices from a fixed seed, not real ones. Only figures marked “published” stood in print, in the "
        "report of 28 March 2026.",
        observations=_demo, version=lambda: "1", alert=lambda: "", published=published,
    ),
)  # fmt: skip
DATASETS: Mapping[str, Dataset] = {d.key: d for d in _ALL}


def dataset(key: str) -> Dataset:
    """The dataset of that key. Raises BadInput."""
    if key not in DATASETS:
        raise BadInput(N_("There is no dataset {key}.", key=repr(key)), remedy=N_("Use one of: {keys}.", keys=", ".join(DATASETS)))
    return DATASETS[key]


def report_dates(observations: pd.DataFrame, edition: str, now: dt.datetime, *, endless: bool) -> Instants:
    """Dates (datetime64[D]) for which a report can be made: from a warm-up after the first observation to the last cutoff that has passed.

    A dataset that is not endless ends with the first cutoff that knows all of its data.
    """
    if observations.empty:
        return np.array([], dtype="datetime64[D]")
    available = observations["available_at"]
    first = available.min().to_datetime64().astype("datetime64[D]") + WARM_UP
    moment = np.datetime64(now.astimezone(dt.UTC).replace(tzinfo=None), "us")
    if not endless:
        moment = min(moment, available.max().to_datetime64() + np.timedelta64(1, "D") - np.timedelta64(1, "us"))
    days = np.arange(first, moment.astype("datetime64[D]") + 1)
    return days[cutoffs(days, edition) <= moment]


def metric_table(key: str, edition: str, *, asof: dt.datetime | None = None, now: dt.datetime | None = None) -> MetricTable:
    """Every metric of a dataset for every report date; with `asof` only from what had been read by then, and so the same ever after.

    Raises BadInput for an unknown dataset or edition and an `asof` that has not come yet, StoreError.
    """
    source, moment = dataset(key), now or dt.datetime.now(dt.UTC)
    if asof is not None and asof > moment:
        raise BadInput(N_("{instant} has not come yet.", instant=instant(asof)), remedy="Pick an instant that has passed.")
    observations = source.observations(asof)
    dates = report_dates(observations, edition, moment, endless=source.endless)
    return compute(build(observations, key, edition, dates, asof, source.published()))


def newest(table: MetricTable) -> dt.date | None:
    """The report date to open first: the first whose cutoff knows all that the dataset holds; None where there is no data."""
    panel = table.panel
    if not len(panel.dates):
        return None
    latest = max((t.available.max() for t in panel.tracks.values()), default=panel.cutoffs[-1])
    row = min(int(np.searchsorted(panel.cutoffs, latest)), len(panel.dates) - 1)
    return panel.dates[row].item()  # type: ignore[no-any-return]
