"""LibreOffice as a person would use it: opens a file, changes cells, saves; turns documents into PDF."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Desk" script:language="StarBasic">
Sub Answer(source As String, target As String, changes As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = &quot;Hidden&quot; : hidden(0).Value = True
  Dim document As Object
  document = StarDesktop.loadComponentFromURL(ConvertToURL(source), &quot;_blank&quot;, 0, hidden())
  Dim number As Integer, line As String, parts() As String
  number = FreeFile
  Open changes For Input As #number
  Do While Not Eof(number)
    Line Input #number, line
    If line &lt;&gt; &quot;&quot; Then
      parts = Split(line, &quot;|&quot;)
      document.Sheets.getByIndex(CInt(parts(0))).getCellRangeByName(parts(1)).FormulaLocal = parts(2)
    End If
  Loop
  Close #number
  Dim save(0) As New com.sun.star.beans.PropertyValue
  save(0).Name = &quot;FilterName&quot; : save(0).Value = &quot;Calc MS Excel 2007 XML&quot;
  document.storeToURL(ConvertToURL(target), save())
  document.close(True)
End Sub
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Desk"/>
</library:library>
"""


def find_office():
    """Return the program, None where this machine has none."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def run_office(profile, *arguments):
    command = [
        find_office(),
        f"-env:UserInstallation={Path(profile).as_uri()}",
        "--headless",
        "--norestore",
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def answer_cells(folder, source, target, changes):
    """Open a workbook, type into cells as at the keyboard (`sheet number, cell, text`), and save it as XLSX."""
    profile = folder / "office"
    run_office(profile, "--terminate_after_init")
    library = profile / "user" / "basic" / "Standard"
    library.mkdir(parents=True, exist_ok=True)
    (library / "Desk.xba").write_text(MACRO, encoding="utf-8")
    (library / "script.xlb").write_text(LIBRARY, encoding="utf-8")
    listed = folder / "changes.txt"
    listed.write_text("".join(f"{sheet}|{cell}|{text}\n" for sheet, cell, text in changes), encoding="utf-8")
    run_office(profile, f"macro:///Standard.Desk.Answer({source},{target},{listed})")
    assert target.is_file(), "LibreOffice saved nothing"
    return target


def make_pdf(folder, source):
    run_office(folder / "office", "--convert-to", "pdf", "--outdir", str(folder), str(source))
    return folder / f"{source.stem}.pdf"
