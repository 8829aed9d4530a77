"""What other programs make of a workbook: spreadsheet.py dump|openpyxl|libreoffice FILE.

dump prints every sheet's cells as JSON, by openpyxl. The other two open the file in that program, write into the row of
experiment b, delete the row of c, and save the file in place; openpyxl adds a sheet besides.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EDITS = {"Notes": "typed into {}, line one\nline two", "Tags": "paper, fig 3", "Keep": 1}


def dump(file):
    import openpyxl

    book = openpyxl.load_workbook(file)
    plain = lambda cell: cell.isoformat() if hasattr(cell, "isoformat") else cell
    print(json.dumps({sheet.title: [[plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] for sheet in book}))


def edit_by_openpyxl(file):
    import openpyxl

    book = openpyxl.load_workbook(file)
    sheet = book["Experiments"]
    header = {cell.value: cell.column for cell in sheet[1]}
    row_of = lambda name: next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, header["name"]).value == name)
    for column, value in EDITS.items():
        sheet.cell(row_of("b"), header[column], value.format("openpyxl") if isinstance(value, str) else value)
    sheet.delete_rows(row_of("c"))
    book.create_sheet("Plots")["A1"] = "mine"
    book.save(file)


def edit_by_libreoffice(file):
    import uno
    from com.sun.star.beans import PropertyValue
    from com.sun.star.connection import NoConnectException

    home = tempfile.mkdtemp()
    pipe = f"tlw{os.getpid()}"
    office = subprocess.Popen(
        ["soffice", "--headless", "--norestore", f"-env:UserInstallation={Path(home).as_uri()}", f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL,
    )
    try:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except NoConnectException:
                if office.poll() is not None:
                    raise
                time.sleep(0.1)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        book = desktop.loadComponentFromURL(Path(file).absolute().as_uri(), "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
        sheet = book.Sheets.getByName("Experiments")
        text = lambda column, row: sheet.getCellByPosition(column, row).String
        header = {text(column, 0): column for column in range(100)}
        row_of = lambda name: next(row for row in range(1, 100) if text(header["name"], row) == name)
        for column, value in EDITS.items():
            cell = sheet.getCellByPosition(header[column], row_of("b"))
            if isinstance(value, str):
                cell.String = value.format("LibreOffice")
            else:
                cell.Value = value
        sheet.Rows.removeByIndex(row_of("c"), 1)
        book.storeToURL(Path(file).absolute().as_uri(), (PropertyValue("FilterName", 0, "Calc MS Excel 2007 XML", 0),))
        book.close(True)
        desktop.terminate()
        office.wait(60)
    finally:
        office.kill()


if __name__ == "__main__":
    _, action, path = sys.argv
    {"dump": dump, "openpyxl": edit_by_openpyxl, "libreoffice": edit_by_libreoffice}[action](path)
