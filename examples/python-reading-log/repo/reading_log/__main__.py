"""Prints how many books and pages a log has."""

import sys
from pathlib import Path

from .book import parse_log

try:
    books = parse_log(Path(sys.argv[1]).read_text(encoding="utf-8"))
except (IndexError, OSError, ValueError) as error:
    sys.exit(f"reading-log: {error}")
print(f"{len(books)} books, {sum(book.pages for book in books)} pages")
