"""Files that mean harm, or came to harm on the way: each made here, with the name of the refusal it must meet."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

from adme.lib.tabular.cells import column_letters
from tests.lib.tables import HEAD, MAIN, book, parts, sheet_xml, text_row, zipped

MB = 1024 * 1024
ROWS = text_row(1, "a", "b") + text_row(2, "1", "2")
HONEST = parts({"Data": sheet_xml(ROWS)}, texts=["x"], styles="<cellXfs/>")
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
    + "]>"
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
BY_NETWORK = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'

HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {}


def hostile(code: str, name: str = "table.xlsx"):
    """Registers a maker: what it is, the refusal it must meet, and what the sender calls the file."""

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        HOSTILE[make.__name__.replace("_", " ")] = (name, make, code)
        return make

    return register


def with_sheet(xml: str | bytes) -> bytes:
    return zipped({**HONEST, SHEET: xml})


def declared(doctype: str, entity: str = "&a;") -> str:
    xml = sheet_xml(ROWS + f'<row r="3"><c r="A3" t="inlineStr"><is><t>{entity}</t></is></c></row>')
    return xml.replace(HEAD, HEAD + doctype)


# --- archives -------------------------------------------------------------------------------------


@hostile("archive_ratio")
def one_part_that_grows_a_thousandfold() -> bytes:
    return with_sheet(sheet_xml(ROWS).encode() + b" " * 16 * MB)


@hostile("archive_expands")
def many_parts_that_grow_together() -> bytes:
    content = random.Random(1).randbytes(1000) * 130
    data = zipped({**HONEST, **{f"xl/media/{number}.bin": content * 40 for number in range(12)}})
    return claiming(data, lambda entry: 300 * MB if entry.startswith("xl/media") else None)


@hostile("archive_nested")
def an_archive_in_the_archive() -> bytes:
    return zipped({**HONEST, "xl/embeddings/inner.bin": zipped(HONEST)})


@hostile("archive_nested")
def an_archive_in_the_archive_by_its_name() -> bytes:
    return zipped({**HONEST, "xl/embeddings/inner.xlsx": "not even one"})


@hostile("name_misleads")
def archives_in_archives() -> bytes:
    data = b"0" * MB
    for depth in range(6):
        data = zipped({f"{depth}-{copy}.zip": data for copy in range(4)})
    return data


@hostile("archive_overlaps")
def parts_on_top_of_each_other() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in HONEST.items():
            archive.writestr(name, content)
        kernel = archive.getinfo(SHEET)
        for number in range(50):
            twin = zipfile.ZipInfo(f"xl/worksheets/again{number}.xml")
            for field in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(twin, field, getattr(kernel, field))
            archive.filelist.append(twin)
    return buffer.getvalue()


@hostile("archive_lies")
def sizes_that_differ() -> bytes:
    return claiming(zipped(HONEST), lambda entry: 100 if entry == SHEET else None)


@hostile("archive_damaged")
def more_than_the_size_that_is_said() -> bytes:
    return claiming(with_sheet(sheet_xml(ROWS).encode() + b" " * 2 * MB), lambda _: 5000, locally=True)


@hostile("archive_many_entries")
def entries_without_end() -> bytes:
    return zipped({**HONEST, **{f"x{number}": "" for number in range(5_000)}}, zipfile.ZIP_STORED)


@hostile("archive_many_entries")
def a_list_of_entries_without_end() -> bytes:
    data = bytearray(zipped(HONEST))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 12, 2**31)
    return bytes(data)


@hostile("archive_many_entries")
def a_large_list_of_entries_without_end() -> bytes:
    data = zipped(HONEST)
    end = data.rfind(b"PK\x05\x06")
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**40, 2**40, 2**45, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return data[:end] + large + locator + data[end:]


@hostile("archive_damaged")
def a_large_list_of_entries_that_is_not_there() -> bytes:
    data = zipped(HONEST)
    end = data.rfind(b"PK\x05\x06")
    return data[:end] + struct.pack("<4sIQI", b"PK\x06\x07", 0, 2**62, 1) + data[end:]


@hostile("archive_damaged")
def something_behind_the_end() -> bytes:
    return zipped(HONEST) + b"more"


@hostile("archive_names")
def a_name_that_climbs() -> bytes:
    return zipped({**HONEST, "../../etc/cron.d/x": "x"})


@hostile("archive_names")
def a_name_from_the_root() -> bytes:
    return zipped({**HONEST, "/etc/passwd": "x"})


@hostile("archive_names")
def two_parts_of_one_name() -> bytes:
    return zipped({**HONEST, "xl/Worksheets/Sheet1.xml": "x"})


@hostile("archive_method")
def a_part_packed_in_another_way() -> bytes:
    return zipped(HONEST, zipfile.ZIP_BZIP2)


@hostile("archive_method")
def a_part_that_is_locked() -> bytes:
    data = bytearray(zipped(HONEST))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


@hostile("archive_damaged")
def an_archive_cut_off() -> bytes:
    return zipped(HONEST)[:-200]


@hostile("archive_damaged")
def an_archive_cut_off_early() -> bytes:
    return zipped(HONEST)[:100]


@hostile("archive_damaged")
def bytes_changed_in_the_middle() -> bytes:
    data = bytearray(with_sheet(sheet_xml("".join(text_row(n, f"{n * 7919}", "x") for n in range(1, 400)))))
    at = data.find(SHEET.encode()) + 400
    data[at : at + 20] = bytes(20)
    return bytes(data)


@hostile("archive_damaged")
def a_workbook_without_its_main_part() -> bytes:
    return zipped({name: content for name, content in HONEST.items() if name != "xl/workbook.xml"})


def claiming(data: bytes, size: Callable[[str], int | None], *, locally: bool = False) -> bytes:
    """The archive with other sizes said in its list (and before the data too, with a checksum of so much)."""
    made = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [(entry.filename, entry.header_offset, archive.read(entry)) for entry in archive.infolist()]
    at = made.find(b"PK\x01\x02")
    for name, offset, content in entries:
        wanted = size(name)
        if wanted is not None and wanted != len(content) and (not locally or wanted < len(content)):
            struct.pack_into("<I", made, at + 24, wanted)
            if locally:
                check = zlib.crc32(content[:wanted]) ^ 1
                struct.pack_into("<I", made, at + 16, check)
                struct.pack_into("<I", made, offset + 14, check)
            if locally or wanted > MB:
                struct.pack_into("<I", made, offset + 22, wanted)
        at += 46 + sum(struct.unpack_from("<HHH", made, at + 28))
    return bytes(made)


# --- XML ------------------------------------------------------------------------------------------


@hostile("xml_entities")
def a_billion_laughs() -> bytes:
    return with_sheet(declared(LAUGHS, "&j;"))


@hostile("xml_entities")
def an_entity_repeated() -> bytes:
    return with_sheet(declared(QUADRATIC, "&a;" * 50_000))


@hostile("xml_entities")
def an_entity_from_a_file() -> bytes:
    return with_sheet(declared(OUTSIDE))


@hostile("xml_entities")
def a_definition_from_the_network() -> bytes:
    return with_sheet(declared(BY_NETWORK, ""))


@hostile("xml_entities")
def a_definition_behind_a_long_comment() -> bytes:
    return with_sheet(declared(f"<!--{'-x' * 5000}-->{LAUGHS}", "&j;"))


@hostile("xml_entities")
def a_definition_in_two_byte_letters() -> bytes:
    return with_sheet(declared(LAUGHS, "&j;").replace("UTF-8", "UTF-16").encode("utf-16"))


@hostile("xml_entities")
def a_billion_laughs_in_the_shared_texts() -> bytes:
    return zipped({**HONEST, "xl/sharedStrings.xml": f'{HEAD}{LAUGHS}<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'})


@hostile("xml_entities")
def a_billion_laughs_in_a_part_nobody_reads() -> bytes:
    return zipped({**HONEST, "docProps/core.xml": f"{HEAD}{LAUGHS}<x>&j;</x>"})


@hostile("xml_broken")
def an_entity_that_nobody_declared() -> bytes:
    return with_sheet(declared("", "&nobody;"))


@hostile("xml_broken")
def a_sheet_that_breaks_off() -> bytes:
    return with_sheet(sheet_xml(ROWS)[:-60])


@hostile("xml_broken")
def a_sheet_that_is_no_xml() -> bytes:
    return with_sheet("a,b\n1,2\n")


@hostile("xml_broken")
def letters_that_are_none() -> bytes:
    return with_sheet(sheet_xml(ROWS).encode().replace(b"<t xml", b"<t x\xff\xfeml"))


@hostile("xml_broken")
def an_encoding_that_nobody_knows() -> bytes:
    return with_sheet(sheet_xml(ROWS).replace("UTF-8", "UPF-8"))


@hostile("xml_broken")
def an_encoding_of_many_bytes() -> bytes:
    return with_sheet(sheet_xml(ROWS).replace("UTF-8", "shift_jis"))


@hostile("xml_broken")
def an_encoding_of_names() -> bytes:
    return with_sheet(sheet_xml(ROWS).replace("UTF-8", "idna"))


@hostile("xml_broken")
def an_encoding_that_is_none() -> bytes:
    return with_sheet(sheet_xml(ROWS).replace("UTF-8", "zip"))


@hostile("xml_deep")
def a_sheet_nested_without_end() -> bytes:
    return with_sheet(sheet_xml(ROWS, after="<x>" * 200_000 + "</x>" * 200_000))


@hostile("xml_deep")
def a_cell_nested_without_end() -> bytes:
    deep = "<v>" * 200_000 + "1" + "</v>" * 200_000
    return with_sheet(sheet_xml(f'{text_row(1, "a")}<row r="2"><c r="A2">{deep}</c></row>'))


@hostile("xml_deep")
def shared_texts_nested_without_end() -> bytes:
    return zipped({**HONEST, "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{"<si>" * 100_000}'})


@hostile("xml_deep")
def a_list_of_sheets_nested_without_end() -> bytes:
    return zipped({**HONEST, "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}">{"<sheets>" * 100_000}'})


@hostile("xml_long")
def an_attribute_without_end() -> bytes:
    junk = random.Random(1).randbytes(3 * MB).hex()
    return with_sheet(sheet_xml(f'{text_row(1, "a")}<row r="2" x="{junk}"></row>'))


@hostile("xml_long")
def a_name_without_end() -> bytes:
    junk = random.Random(1).randbytes(3 * MB).hex()
    return with_sheet(sheet_xml(f"{text_row(1, 'a')}<x{junk}/>"))


@hostile("long_cell")
def a_text_without_end() -> bytes:
    return with_sheet(sheet_xml(text_row(1, "a") + text_row(2, random.Random(1).randbytes(3 * MB).hex())))


@hostile("xml_long")
def a_shared_text_without_end() -> bytes:
    junk = random.Random(1).randbytes(3 * MB).hex()
    return zipped({**HONEST, "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}"><si><t>{junk}</t></si></sst>'})


# --- sheets ---------------------------------------------------------------------------------------


@hostile("far_cell")
def a_cell_at_the_far_corner() -> bytes:
    return book(ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@hostile("far_cell")
def a_cell_far_below() -> bytes:
    return book(ROWS + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')


@hostile("far_cell")
def a_cell_far_to_the_right() -> bytes:
    return book(text_row(1, "a", "b") + '<row r="2"><c r="XFD2"><v>1</v></c></row>')


@hostile("sheet_disordered")
def a_cell_beyond_the_last_column() -> bytes:
    return book(ROWS + '<row r="3"><c r="XFE3"><v>1</v></c></row>')


@hostile("many_rows")
def a_row_beyond_the_last() -> bytes:
    return book(ROWS + '<row r="1048577"><c r="A1048577"><v>1</v></c></row>')


@hostile("sheet_disordered")
def rows_out_of_order() -> bytes:
    return book(ROWS + text_row(1, "again"))


@hostile("sheet_disordered")
def cells_out_of_order() -> bytes:
    return book(text_row(1, "a", "b") + '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>')


@hostile("sheet_disordered")
def a_cell_of_another_row() -> bytes:
    return book(text_row(1, "a", "b") + '<row r="2"><c r="A900000"><v>1</v></c></row>')


@hostile("huge_merge")
def a_merge_over_the_whole_sheet() -> bytes:
    return book(ROWS, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@hostile("sheet_disordered")
def a_merge_of_nothing() -> bytes:
    return book(ROWS, after='<mergeCells><mergeCell ref="A1:"/></mergeCells>')


@hostile("sheet_disordered")
def merges_without_end() -> bytes:
    return book(ROWS, after="<mergeCells>" + '<mergeCell ref="A1:A2"/>' * 150_000 + "</mergeCells>")


@hostile("many_columns")
def columns_without_end() -> bytes:
    row = "".join(f'<c r="{column_letters(at)}1"><v>1</v></c>' for at in range(5_000))
    return book(f'<row r="1">{row}</row>')


@hostile("many_texts")
def one_long_text_in_every_cell() -> bytes:
    row = "".join(f'<c r="{letter}@" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJ")
    rows = "".join(f'<row r="{n}">{row.replace("@", str(n))}</row>' for n in range(2, 20_000))
    return book(text_row(1, *"ABCDEFGHIJ") + rows, texts=["long" * 8_000])


@hostile("archive_damaged")
def a_shared_text_that_is_not_there() -> bytes:
    return book(ROWS + '<row r="3"><c r="A3" t="s"><v>99</v></c></row>', texts=["x"])


@hostile("many_sheets")
def sheets_without_end() -> bytes:
    made = parts({str(number): "" for number in range(600)})
    return zipped({name: content or sheet_xml("") for name, content in made.items()})


@hostile("no_sheets")
def a_workbook_without_sheets() -> bytes:
    return zipped({**HONEST, "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}"><sheets/></workbook>'})


@hostile("long_cell")
def a_text_longer_than_any_cell() -> bytes:
    return book(ROWS + text_row(3, "x" * 150_000))


# --- called what they are not ---------------------------------------------------------------------

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(1000)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MISLABELLED: list[tuple[str, bytes, str, str]] = [
    # name, content, refusal, what it is found to be
    ("table.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "name_misleads", "PDF"),
    ("table.csv", zipped(HONEST), "name_misleads", ".xlsx"),
    ("table.xls", zipped(HONEST), "name_misleads", ".xlsx"),
    ("table.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>", "name_misleads", "HTML"),
    ("table.xls", b"\xef\xbb\xbf <!DOCTYPE html>\n<html>", "name_misleads", "HTML"),
    ("table.xls", "<table border=1><tr>".encode("utf-16"), "name_misleads", "HTML"),
    ("table.xls", b"a\tb\n1\t2\n", "name_misleads", "CSV"),
    ("table.xlsx", b"a,b\n1,2\n", "name_misleads", "CSV"),
    ("table.xlsx", b'<?xml version="1.0"?><Workbook>', "name_misleads", "XML"),
    ("table.xlsx", OLE + "Workbook".encode("utf-16-le"), "name_misleads", ".xls"),
    ("table.csv", PICTURE, "name_misleads", "picture"),
    ("table.csv", b"\x1f\x8b\x08\x00" + bytes(50), "name_misleads", "compressed"),
    ("table.csv", b'[{"a": 1}]', "name_misleads", "JSON"),
    ("table.csv", b'{"a": [1]}', "name_misleads", "JSON"),
    ("table.csv", b"<message:Structure xmlns:message='x'>", "name_misleads", "XML"),
    ("table.csv", b"PAR1" + bytes(50), "name_misleads", "Parquet"),
    ("table.csv", b"SQLite format 3\x00" + bytes(50), "name_misleads", "database"),
    ("table.csv", b"\x7fELF" + bytes(50), "name_misleads", "program"),
    ("table.csv", b"MZ" + bytes(50), "name_misleads", "program"),
    ("table.csv", b"{\\rtf1 x}", "name_misleads", "RTF"),
    ("table.csv", random.Random(1).randbytes(5000), "name_misleads", "not text"),
    ("table.xlsx", zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "name_misleads", "Word"),
    ("table.xlsx", zipped({"[Content_Types].xml": "<x/>", "ppt/x.xml": "<x/>"}), "name_misleads", "PowerPoint"),
    ("table.xlsx", zipped({"a.csv": "a,b"}), "name_misleads", "ZIP"),
    ("table.xlsx", zipped({"[Content_Types].xml": "<x/>", "xl/workbook.bin": "x"}), "name_misleads", ".xlsb"),
    ("table", b"%PDF-1.7", "not_a_table", "PDF"),
    ("table", OLE, "not_a_table", "Office"),
    ("table.xls", OLE + "Workbook".encode("utf-16-le"), "kind_not_read", ".xls"),
    ("table.xlsb", zipped({"[Content_Types].xml": "", "xl/workbook.bin": "x"}), "kind_not_read", ".xlsb"),
    (
        "table.ods",
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "kind_not_read",
        ".ods",
    ),
    ("table.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "locked", "password"),
    ("table.csv", b"", "empty_file", "no rows"),
    ("table.xlsx", b"", "empty_file", "no rows"),
    ("table.xlsx", b"PK\x05\x06" + bytes(18), "name_misleads", "ZIP"),
]
