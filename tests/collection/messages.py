"""Messages of the education dataflow, written by hand as a partner would: small, and in every format that is read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import quoteattr

FLOW = "TEST:DF_EDU(1.0.0)"
HEADING = ("INDICATOR", "REF_AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE", "COMMENT_OBS")

SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas"


def sdmx_csv(*rows: str, heading: Iterable[str] = HEADING, action: bool = True) -> str:
    """Rows as "M|LITERACY|TH|F|2020|93.2|A|PT|": an action, and what stands under the heading."""
    first = "STRUCTURE,STRUCTURE_ID," + ("ACTION," if action else "")
    lines = [first + ",".join(heading)]
    lines += [f"dataflow,{FLOW}," + row.replace("|", ",") for row in rows]
    return "\n".join(lines) + "\n"


def specific(*datasets: str, version: str = "3.0", root: str = "StructureSpecificData", kind: str = "dataflow") -> str:
    """A structure-specific message around data sets made by `dataset`."""
    base = f"{SCHEMAS}/v{version.replace('.', '_')}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{root} xmlns:mes="{base}/message" xmlns:com="{base}/common" '
        f'xmlns:ss="{base}/data/structurespecific" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:ns1="urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={FLOW}:ObsLevelDim:TIME_PERIOD">'
        f"<mes:Header><mes:ID>M1</mes:ID><mes:Test>false</mes:Test><mes:Prepared>2026-01-01T00:00:00Z</mes:Prepared>"
        f'<mes:Sender id="NSO"><com:Name xml:lang="en">Office</com:Name></mes:Sender>{_structure(version, kind)}'
        f"</mes:Header>{''.join(datasets)}</mes:{root}>"
    )


def _structure(version: str, kind: str) -> str:
    name, cls, reference = {
        "dataflow": ("StructureUsage", "Dataflow", "TEST:DF_EDU(1.0.0)"),
        "datastructure": ("Structure", "DataStructure", "TEST:DSD_EDU(1.0.0)"),
        "other": ("StructureUsage", "Dataflow", "TEST:DF_OTHER(1.0.0)"),
    }[kind]
    if version == "2.1":
        inner = f'<Ref agencyID="TEST" id="{reference[5:-7]}" version="1.0" class="{cls}"/>'
    else:
        inner = f"urn:sdmx:org.sdmx.infomodel.datastructure.{cls}={reference}"
    return (
        f'<mes:Structure structureID="S1" namespace="x" dimensionAtObservation="TIME_PERIOD"><com:{name}>{inner}'
        f"</com:{name}></mes:Structure>"
    )


def dataset(*parts: str, action: str = "Replace", **attributes: str) -> str:
    """A structure-specific data set."""
    said = f' ss:action="{action}"' if action else ""
    return (
        f'<mes:DataSet ss:structureRef="S1" xsi:type="ns1:DataSetType" ss:dataScope="DataStructure"{said}'
        f"{_attributes(attributes)}>{''.join(parts)}</mes:DataSet>"
    )


def series(*observations: str, **said: str) -> str:
    """A series."""
    return f"<Series{_attributes(said)}>{''.join(observations)}</Series>"


def obs(period: str | None = None, value: str | None = None, **said: str) -> str:
    """An observation; in a flat data set it says its dimensions too."""
    own = {"TIME_PERIOD": period, "OBS_VALUE": value}
    return f"<Obs{_attributes({**{name: text for name, text in own.items() if text is not None}, **said})}/>"


def group(**said: str) -> str:
    """A group with its dimensions and attributes."""
    return f'<Group xsi:type="ns1:Sibling"{_attributes(said)}/>'


def sdmx_json(*, flat: bool = False, after: bool = True, **dataset_more: Any) -> str:
    """SDMX-JSON 2.0 of two figures; what the indexes mean stands before the data or `after` them."""
    keys = {"INDICATOR": ["LITERACY"], "REF_AREA": ["VN", "TH"], "SEX": ["F"]}
    dimensions = [
        {"id": name, "name": name, "keyPosition": place, "values": [{"id": code, "name": code} for code in codes]}
        for place, (name, codes) in enumerate(keys.items())
    ]
    time = {"id": "TIME_PERIOD", "values": [{"id": "2020"}, {"value": "2021"}]}
    status = {"id": "OBS_STATUS", "values": [{"id": "A"}, {"id": "E"}]}
    unit = {"id": "UNIT_MEASURE", "values": [{"id": "PT", "name": "Per cent"}]}
    structure = {
        "links": [{"urn": f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={FLOW}", "rel": "dataflow"}],
        "dimensions": {
            "dataSet": [],
            "series": [] if flat else dimensions,
            "observation": [*dimensions, time] if flat else [time],
        },
        "measures": {"observation": [{"id": "OBS_VALUE", "format": {"dataType": "Double"}}]},
        "attributes": {
            "dataSet": [], "dimensionGroup": [], "series": [] if flat else [unit],
            "observation": [status, unit] if flat else [status],
        },
        "dataSets": [0],
    }  # fmt: skip
    if flat:
        data: dict[str, Any] = {"observations": {"0:1:0:0": ["@", 1, 0], "0:1:0:1": [93.5, None, 0]}}
    else:
        data = {"series": {"0:1:0": {"attributes": [0], "observations": {"0": ["@", 1], "1": [93.5]}}}}
    dataset_ = {**data, "structure": 0, "action": "Replace", **dataset_more}
    both = {"structures": [structure]}, {"dataSets": [dataset_]}
    first, second = both[::-1] if after else both
    message = {"meta": {"schema": "x", "id": "M", "sender": {"id": "NSO"}}, "data": {**first, **second}}
    return json.dumps(message).replace('"@"', "93.20")


JSON_STAT: dict[str, Any] = {
    "version": "2.0",
    "class": "dataset",
    "label": "Literacy",
    "id": ["INDICATOR", "REF_AREA", "SEX", "year"],
    "size": [1, 2, 1, 2],
    "role": {"time": ["year"], "geo": ["REF_AREA"]},
    "dimension": {
        "INDICATOR": {"category": {"label": {"LITERACY": "Literacy rate"}}},
        "REF_AREA": {"category": {"index": {"VN": 1, "TH": 0}}},
        "SEX": {"category": {"index": ["F"]}},
        "year": {"category": {"index": ["2020", "2021"]}},
    },
    "value": [93.2, 93.5, None, None],
    "status": {"0": "E"},
}


def _attributes(said: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(text)}" for name, text in said.items())


GENERIC = f"""<?xml version="1.0" encoding="UTF-8"?>
<message:GenericData xmlns:message="{SCHEMAS}/v2_1/message" xmlns:common="{SCHEMAS}/v2_1/common"
    xmlns:generic="{SCHEMAS}/v2_1/data/generic">
  <message:Header>
    <message:ID>Generic</message:ID><message:Test>true</message:Test>
    <message:Prepared>2026-01-01T00:00:00</message:Prepared><message:Sender id="NSO"/>
    <message:Structure structureID="EDU" dimensionAtObservation="TIME_PERIOD">
      <common:StructureUsage><Ref agencyID="TEST" id="DF_EDU" version="1.0"/></common:StructureUsage>
    </message:Structure>
  </message:Header>
  <message:DataSet structureRef="EDU" action="Replace">
    <generic:Group type="Sibling">
      <generic:GroupKey><generic:Value id="INDICATOR" value="LITERACY"/></generic:GroupKey>
      <generic:Attributes><generic:Value id="UNIT_MEASURE" value="PT"/></generic:Attributes>
    </generic:Group>
    <generic:Series>
      <generic:SeriesKey>
        <generic:Value id="INDICATOR" value="LITERACY"/>
        <generic:Value id="REF_AREA" value="TH"/>
        <generic:Value value="F" id="SEX"/>
      </generic:SeriesKey>
      <generic:Obs>
        <generic:ObsDimension value="2020"/>
        <generic:ObsValue value="93.20"/>
        <generic:Attributes><generic:Value id="OBS_STATUS" value="E"/></generic:Attributes>
      </generic:Obs>
      <generic:Obs><generic:ObsDimension value="2021"/><generic:ObsValue value="93.5"/></generic:Obs>
    </generic:Series>
  </message:DataSet>
</message:GenericData>
"""
