"""The tests of outputs share the samples of reports and of the desk."""

import sys
from pathlib import Path

for room in (".", "../report", "../desk"):
    sys.path.append(str((Path(__file__).parent / room).resolve()))
