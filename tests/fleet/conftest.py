"""The workers of these tests within reach, also of the processes that they run in."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
