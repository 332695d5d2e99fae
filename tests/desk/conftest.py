"""The tests of the desk share a sample."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
