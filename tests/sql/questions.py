"""The questions that functions/CONSUMING.md answers, each with its SQL."""

import re
from pathlib import Path

CONSUMING = Path(__file__).parents[2] / "functions/CONSUMING.md"
_CHAPTER = CONSUMING.read_text().partition("\n## SQL\n")[2].partition("\n## ")[0]
QUESTIONS = dict(re.findall(r"^\*\*(.+?)\*\*.*?^```sql\n(.*?)^```", _CHAPTER, re.MULTILINE | re.DOTALL))
