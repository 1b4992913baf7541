"""A bulletin for print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nps_registry.localisation import SOURCE_LANGUAGE
from nps_registry.localisation import gettext as _
from nps_registry.notices.print import typeset
from nps_registry.notices.signing import read_instant
from nps_registry.pages.bulletins.charts import charts_of, draw_chart
from nps_registry.pages.bulletins.words import headline, lead, line_of_signal, note
from nps_registry.pages.figures.palette import Breadth, Scheme
from nps_registry.store.tables import Bulletin
from nps_registry.vocabulary.advisory import Severity

_SIGNALS = 60


def print_bulletin(bulletin: Bulletin, base_url: str) -> bytes:
    """*bulletin* as a tagged PDF, of what it says and nothing else."""
    told: Mapping[str, Any] = bulletin.content
    charts = charts_of(told)
    pictures = {f"{chart.value}.svg": draw_chart(chart, told, Scheme.LIGHT, Breadth.WIDE) for chart in charts}
    public = told["became_public"]
    address = f"{base_url}/bulletins/{told['period']['key']}"
    data = {
        "language": SOURCE_LANGUAGE,
        "title": headline(told),
        "description": lead(told),
        "publisher": _("NPS registry"),
        "running": f"{_('NPS registry')} · {told['id']}",
        "mark": _("Demonstration: invented reports") if told["demonstration"] else "",
        "footer": f"{address}?version={told['version']}",
        "dates": _("version %(number)d, from the public data of %(day)s")
        % {"number": told["version"], "day": told["modified"][:10]},
        "lead": lead(told),
        "charts": [{"file": f"{chart.value}.svg", "alt": chart.heading} for chart in charts],
        "substances_heading": _("Found most often"),
        "substances_header": [_("Substance"), _("Events"), _("Countries")],
        "substances": [
            (f"{each['name']} ({each['accession']})", str(each["events"]), str(each["countries"]))
            for each in public["substances"]
        ],
        "signals_heading": _("Signals raised"),
        "signals": [line_of_signal(each) for each in told["signals"][:_SIGNALS]],
        "signals_more": _("%(count)d in all.") % {"count": told["signals_total"]}
        if told["signals_total"] > _SIGNALS
        else "",
        "advisories_heading": _("Advisories"),
        "advisories": [
            f"{each['on']}: {each['title']} ({each['id']}, {Severity(each['severity']).label})"
            for each in told["advisories"]
        ],
        "none": _("None."),
        "note_heading": _("How to read this"),
        "note": note(told),
        "signature": [f"{each['algorithm']} {each['key_id']} {each['signature']}" for each in bulletin.signatures],
    }
    return typeset("bulletin", data, pictures, dated=read_instant(told["modified"]))
