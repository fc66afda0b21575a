"""What would contradict a claim has not happened when the claim is made: conditions are tried on its own report, all else is named here."""

import dataclasses
import re

import pytest

from core import report
from core.divergences import BY_KEY
from core.records import Condition, Settings
from tests.core.market import DAY, sentences, table

# What no figure of the report can show: it lies in a later session, in a restatement, in another source, or in more history.
ELSEWHERE = {
    line for line in """
A US session that is not stored yet.
A beta from another window that leaves a residual of the other sign.
A close that is restated.
A count by another vendor that differs by more than a few shares.
A count by another vendor that differs.
A larger lead in a later session.
A larger lead, whose answer stands out from the scatter.
A later session of one of them that is not stored yet.
A longer history in which such a flow is common.
A longer history that proves it.
A longer history in which such a gap is common.
A longer history in which such a joint move is common.
A longer history in which such a move is common.
A longer history or a larger lead, against which the answer can be measured.
A longer record that sets it apart from ordinary days.
A longer record, or one of another regime, that tells otherwise.
A mainland session of that day that is not stored yet.
A restated cap that says otherwise.
A higher threshold, which fewer sessions pass.
A restated close on the other side of a level.
A restated close that makes one fire.
A restatement by the source, or the flow reversing.
A restatement by the source, or the flow turning the next day.
A restatement by the source.
A restatement: the last two rows of TVL are provisional.
A session that is not stored yet.
A week that turns.
All markets going one way after the next lead.
No single session; a close outside that range would be a surprise.
Another exchange's close that differs.
Another price token giving another remainder.
Another vendor's count that differs.
Another venue's funding that differs.
Another venue's open interest that differs.
Any of them moving the other way in the next session.
Crypto turning in the next session while equities do not.
DEX volume and prices going the same way the next day.
Equities following in the next session.
Equities recovering without crypto in the next session.
Fixings of the two currencies that say otherwise.
Flow data, which nobody publishes by the day.
Gaps of this size going on once the stretch has calmed.
Gold giving its move back in the next session.
Hong Kong closing the gap in its next session.
Index and breadth agreeing in the next session.
Issuance of the same size in the days after, or a restatement by the source.
Later events of this direction that tell otherwise.
More history.
One of the series that agree with it turning in the next session.
One of the two turning without the other in the next session.
One of them turning in the next session.
Open interest of other venues not falling.
Open interest rebuilt within a day.
Prices within the day that show one moving first.
Sessions aligned in another way.
Supply turning the way of price within five days.
TVL and ETH drawing level within five days.
The average sector and the index drawing level within five sessions.
The closed market's next session moving against the lead.
The coins offsetting each other in the days after.
The dollar giving its move back in the next session.
The gap staying after a full session.
The gap staying once both legs have traded through the same days.
The gap staying while that move is taken back.
The gauges giving their moves back in the next session.
The growing coins shrinking in the days after.
The leadership turning within five sessions.
The missing figure.
The missing session.
The next US session moving the same way as crypto did.
The next US session moving the same way as crypto.
The next session of either market.
The next session taking it back.
The next weeks' same weekday at another level.
The order turning in the next session.
The order turning within five days.
The order turning within five sessions.
The other coins following in the days after.
The other market catching up within five sessions.
The provisional last days being restated.
The two provisional rows of TVL being restated.
These series following it in the next session.
VIX and index moving apart in the next session.
Volume and price parting by more than the threshold the next day.
Volume back on the side of price the next day.
Yields and equities moving the same way in the next session.
""".splitlines() if line
}
_RESOLVED = re.compile(r"^.+ (?:up|down|(?:beating|trailing) .+|not down by #pp against .+) (?:over the next # sessions|in the next session)\.$")


def plain(text):
    return re.sub(r"\d[\d.,]*\d|\d", "#", text)


def holds(claim, made, of):
    """Whether an alternative of what would contradict a claim holds in the report that makes it; None where one cannot be tried."""
    figures, row = made.figures(), of.panel.row(made.date)

    def value(key):
        return of.value(key, row) if key in of.columns else figures[key].value

    tried = [[(c, value(c.metric)) for c in alternative] for alternative in claim.refuted_when]
    return any(all(v is not None and c.holds(v) for c, v in alternative) for alternative in tried)


def walked(sparse):
    """Reports of either edition, by usual thresholds, by those in standard deviations, and with every rule firing."""
    for edition, start, step, chosen in (
        ("morning", 2, 15, Settings()), ("asia_close", 5, 31, Settings()), ("morning", 60, 61, Settings(threshold_unit="sigma")),
        ("morning", 60, 89, Settings(thresholds=tuple((k, 0.0) for k in BY_KEY))),
    ):  # fmt: skip
        of = table(edition)
        for day in of.panel.dates[start :: step * sparse]:
            yield of, report.build(of, day.item(), chosen)


@pytest.mark.parametrize(("sparse", "least"), [(5, 40), pytest.param(1, 200, marks=pytest.mark.whole)])
def test_nothing_that_would_contradict_a_claim_holds_when_it_is_made(sparse, least):
    reports, tried, unnamed = 0, set(), {}
    for of, made in walked(sparse):
        reports += 1
        for claim in sentences(made):
            assert not holds(claim, made, of), (made.date, claim.text, claim.contradicted_by)
            said = plain(claim.contradicted_by)
            if claim.refuted_when:
                tried |= {said} if claim.kind != "rejected" else set()
            elif said not in ELSEWHERE and not _RESOLVED.match(said):
                unnamed[said] = claim.text
    assert reports > least
    assert unnamed == {}
    assert len(tried) > 15
    assert not tried & ELSEWHERE


def test_a_condition_that_holds_is_found():
    made = report.build(table(), DAY, Settings())
    claim = next(c for c in sentences(made) if c.refuted_when)
    wrong = dataclasses.replace(claim, refuted_when=((Condition("spx.change", "above", 0.0), Condition("btc.change", "below", 0.0)),))
    assert holds(wrong, made, table())
    half = dataclasses.replace(claim, refuted_when=((Condition("spx.change", "above", 0.0), Condition("btc.change", "above", 0.0)),))
    assert not holds(half, made, table())
