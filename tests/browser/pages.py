"""The pages that are looked at, one of each kind."""

from __future__ import annotations

from tests.browser.people import UNEMPLOYMENT

TABLE = "/table/?i=wb-wdi-sl-uem-totl-zs&i=wb-wdi-sp-urb-totl-in-zs&a=ID&a=PH&a=TH&a=VN&from=2015&to=2024"
PUBLIC = {
    "home": "/",
    "indicators": "/indicators/",
    "topics": "/topics/",
    "search": "/search?q=unemployment",
    "nothing found": "/search?q=zzzzqqq",
    "indicator": UNEMPLOYMENT,
    "indicator as map": f"{UNEMPLOYMENT}?view=map",
    "indicator as table": f"{UNEMPLOYMENT}?view=table",
    "history of a value": f"{UNEMPLOYMENT}history/?key=A.SL_UEM_TOTL_ZS.VN&period=2024",
    "list of indicators": "/list-of-indicators/",
    "metadata": f"{UNEMPLOYMENT}metadata/",
    "history of metadata": f"{UNEMPLOYMENT}metadata/history/",
    "countries": "/countries/",
    "country": "/countries/VN/",
    "frameworks": "/frameworks/",
    "framework": "/frameworks/ascc-blueprint-2025/",
    "scorecard": "/frameworks/fixture-plan/scorecard/",
    "KPI": "/frameworks/fixture-plan/parts/kpi-2/?area=TH&group=clmv",
    "part of a framework": "/frameworks/ascc-blueprint-2025/parts/characteristic-b/",
    "state against a framework": "/frameworks/fixture-plan/countries/TH/",
    "what there is": "/frameworks/fixture-plan/completeness/",
    "what is missing": "/frameworks/ascc-blueprint-2025/incomplete/",
    "what changed": "/frameworks/ascc-blueprint-2025/changes/",
    "crosswalk": "/frameworks/ascc-blueprint-2025/crosswalk/",
    "table builder": "/table/",
    "table": TABLE,
    "releases": "/releases/",
    "about": "/about/",
    "licence": "/licence/",
    "manual": "/manual/",
    "sign-in": "/account/sign-in/",
    "forgotten": "/account/forgotten/",
}
WORK = {
    "my work": ("officer", "/work/"),
    "bring in a file": ("officer", "/work/import/"),
    "correct a value": ("officer", "/work/correct/"),
    "submissions": ("officer", "/work/submissions/"),
    "releases to make": ("publisher", "/work/releases/"),
    "metadata reports": ("editor", "/work/metadata/"),
    "metadata of one": ("editor", f"/work/metadata/of{UNEMPLOYMENT.removeprefix('/indicators')}"),
    "metadata file": ("editor", "/work/metadata/bring-in/"),
    "metadata required": ("editor", "/work/metadata/required/"),
    "frameworks to keep": ("planner", "/work/frameworks/"),
    "decided beside": ("director", "/work/frameworks/fixture-plan/judgements/"),
    "people": ("admin", "/account/people/"),
    "organisations": ("admin", "/account/organisations/"),
    "audit": ("auditor", "/account/audit/"),
    "me": ("officer", "/account/me/"),
    "home": ("officer", "/"),
    "indicator": ("officer", UNEMPLOYMENT),
}
"""Per page who looks at it."""
