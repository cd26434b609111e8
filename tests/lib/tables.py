"""Small workbooks made by hand, and reading without the child process, for the tests of `adme.lib.tabular`."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

from adme.lib.tabular import child
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.limits import limits_with
from adme.lib.tabular.reading import Table
from adme.lib.tabular.refusals import TableRefused

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CSV = Dialect(encoding="utf-8", separator=",", decimal=".")
PLAIN = Dialect(decimal=".")


def sheet_xml(rows: str, after: str = "", before: str = "") -> str:
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def text_row(number: int, *cells: str) -> str:
    """A row of inline texts."""
    return (
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
            for at, cell in enumerate(cells)
        )
        + "</row>"
    )


def parts(
    sheets: dict[str, str], *, texts: list[str] | None = None, styles: str | None = None, from_1904: bool = False
) -> dict[str, str]:
    """The parts of a workbook; a sheet's text is its XML, made by `sheet_xml`."""
    listed = "".join(f'<sheet name="{escape(one)}" sheetId="{n}" r:id="rId{n}"/>' for n, one in enumerate(sheets, 1))
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    made = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f'<workbookPr date1904="{int(from_1904)}"/><sheets>{listed}</sheets></workbook>',
    }
    for number, content in enumerate(sheets.values(), 1):
        made[f"xl/worksheets/sheet{number}.xml"] = content
    if texts is not None:
        items = "".join(f"<si>{text if text.startswith('<') else f'<t>{escape(text)}</t>'}</si>" for text in texts)
        made["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{items}</sst>'
        relations += f'<Relationship Id="rIdT" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    if styles is not None:
        made["xl/styles.xml"] = f'{HEAD}<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
        relations += f'<Relationship Id="rIdS" Type="{RELATIONS}/styles" Target="/xl/styles.xml"/>'
    made["xl/_rels/workbook.xml.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
    )
    return made


def zipped(entries: dict[str, Any], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def book(rows: str, **kwargs: Any) -> bytes:
    """A workbook of one sheet, called Data."""
    after = kwargs.pop("after", "")
    return zipped(parts({"Data": sheet_xml(rows, after)}, **kwargs))


def styled(*codes: str) -> str:
    """Styles of which number 1, 2, … show cells by these number formats."""
    own = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{escape(code)}"/>' for n, code in enumerate(codes))
    uses = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(codes)))
    return (
        f'<numFmts>{own}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{uses}</cellXfs>'
    )


def saved(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_here(
    path: Path, dialect: Dialect = CSV, *, chunk_rows: int = 200_000, limits: dict[str, int] | None = None
) -> Table:
    """`read_table` without the child process: for cases by the thousand, and for stepping through."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = {
            "path": str(path),
            "name": path.name,
            "limits": limits_with(limits),
            "dialect": dialect.to_dict(),
            "chunk_rows": chunk_rows,
        }
        answer = child.read(arguments, Path(folder))
        if "refused" in answer:
            raise TableRefused.from_dict(answer["refused"])
        table = answer["table"]
        chunks = table["chunks"]
        assert all(chunk["rows"] <= chunk_rows for chunk in chunks)
        frames = [pl.read_ipc(Path(folder) / f"rows-{chunk['number']:06d}.arrow") for chunk in chunks]
        found = [pl.read_ipc(Path(folder) / f"problems-{chunk['number']:06d}.arrow") for chunk in chunks]
    return Table(pl.concat(frames), pl.concat(found), tuple(table["columns"]), table["sheet"])


def rows_of(table: Table) -> list[tuple[Any, ...]]:
    return table.frame.rows()


def problems_of(table: Table) -> list[tuple[Any, ...]]:
    return table.problems.rows()
