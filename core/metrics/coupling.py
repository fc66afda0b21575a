"""How closely crypto moves with US equities, on spans that are the same for both."""

from collections.abc import Callable
from dataclasses import dataclass

from core.catalogue import BY_KEY as SERIES
from core.language import N_
from core.metrics.follow import CONFIDENCE, answers, over_the_same_dates, regimes
from core.metrics.metric import SHORT_HISTORY, Features, Metric
from core.metrics.trailing import MIN_HISTORY
from core.panel import Floats
from core.units import Unit

WINDOW = 120


@dataclass(frozen=True, slots=True)
class Coupling:
    """A coin and the index it is set against."""

    key: str
    coin: str
    index: str


COUPLINGS = (Coupling("crypto.spx", "btc", "spx"), Coupling("crypto.ndx", "btc", "ndx"), Coupling("crypto.eth_spx", "eth", "spx"))

_OVER = f"over the {WINDOW} US sessions before (at least {MIN_HISTORY})"
_SPAN = "measured from UTC day's end to UTC day's end of the index's own dates"
_LEAST = f"Not enough history: it needs {MIN_HISTORY} sessions with a known beta, so at least {2 * MIN_HISTORY} in all."
_MEASURES = (
    ("move", "{a} over {b}'s session", Unit.PERCENT, f"Move of {{a}} {_SPAN}."),
    ("beta", "{a}'s beta on {b}", Unit.RATIO, f"Slope of {{a}}'s move, {_SPAN}, on {{b}}'s change {_OVER}."),
    ("corr", "{a}'s correlation with {b}", Unit.RATIO, f"Correlation of {{a}}'s move, {_SPAN}, with {{b}}'s change {_OVER}."),
    ("corr_low", "{a}'s correlation with {b}, lower end", Unit.RATIO, f"Lower end of the {CONFIDENCE}% interval of that correlation (Fisher)."),
    ("corr_high", "{a}'s correlation with {b}, upper end", Unit.RATIO, f"Upper end of the {CONFIDENCE}% interval of that correlation (Fisher)."),
    ("n", "Sessions behind {a}'s correlation with {b}", Unit.SESSIONS, f"Sessions {_OVER} in which both moves are known."),
    ("implied", "{a}'s move implied by {b}", Unit.PERCENT, "Beta times {b}'s change."),
    ("residual_sd", "{a}'s usual residual on {b}", Unit.PP, f"Standard deviation {_OVER} of {{a}}'s move less the one implied by {{b}}."),
    ("residual_z", "{a}'s residual on {b}", Unit.SIGMA, f"{{a}}'s move less the implied one, in standard deviations of such residuals {_OVER}."),
)  # fmt: skip


def _shared(of: Coupling, name: str) -> Callable[[Features], Floats]:
    """One measure at each report date; all measures of a coupling are computed together and kept in the features."""

    def compute(f: Features) -> Floats:
        if not (f.panel.has(of.coin) and f.panel.has(of.index)):
            return f.nothing
        if of.key not in f.shared:
            coin, index = f.panel.tracks[of.coin], f.panel.tracks[of.index]
            move = over_the_same_dates(coin, index)
            pieces = regimes(index, coin, coin.on(index.sessions))
            f.shared[of.key] = {"move": move, **answers(move, f.change(of.index), WINDOW, pieces)}
        return f.rows(of.index, f.shared[of.key][name])

    return compute


def _metrics(of: Coupling) -> tuple[Metric, ...]:
    a, b = (SERIES[k].label for k in (of.coin, of.index))
    return tuple(
        Metric(
            key=f"{of.key}_{name}", label=N_(label, a=a, b=b), unit=unit, method=N_(method, a=a, b=b), inputs=(of.index, of.coin),
            compute=_shared(of, name), unknown=_LEAST if name.startswith("residual") else SHORT_HISTORY,
        )
        for name, label, unit, method in _MEASURES
    )  # fmt: skip


METRICS: tuple[Metric, ...] = tuple(m for of in COUPLINGS for m in _metrics(of))
