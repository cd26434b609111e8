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
    "rules": ("officer", "/work/rules/"),
    "a rule": ("editor", "/work/rules/named/wb-population-without-jumps/"),
    "change a rule": ("editor", "/work/rules/named/un-women-and-men-make-the-total/edit/"),
    "new rule": ("editor", "/work/rules/new/"),
    "accepted warnings": ("reviewer", "/work/rules/accepted/"),
    "people": ("admin", "/account/people/"),
    "organisations": ("admin", "/account/organisations/"),
    "audit": ("auditor", "/account/audit/"),
    "me": ("officer", "/account/me/"),
    "home": ("officer", "/"),
    "indicator": ("officer", UNEMPLOYMENT),
}
"""Per page who looks at it."""
