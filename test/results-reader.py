"""A colleague's notebook: results-reader.py FILE COUNT asks for all experiments again and again until there are COUNT.

Prints, as JSON, how many there were each time that this changed, and the last answer. Any error ends it.
"""

import json
import os
import sqlite3
import sys

_, file, count = sys.argv
counts = []
while not counts or counts[-1] < int(count):
    if not os.path.exists(file):
        continue
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    answer = database.execute("select * from experiments_wide")
    rows = answer.fetchall()
    if not counts or counts[-1] != len(rows):
        counts.append(len(rows))
    database.close()
print(json.dumps({"user": os.getuid(), "counts": counts, "columns": [column[0] for column in answer.description], "rows": rows}))
