"""One line of a log."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Book:
    finished: date
    author: str
    title: str
    pages: int


def parse_line(line: str, number: int) -> Book:
    """Reads `date | author | title | pages`. Raises ValueError that names the line."""
    cells = [cell.strip() for cell in line.split("|")]
    try:
        finished, author, title, pages = cells
        book = Book(date.fromisoformat(finished), author, title, int(pages))
    except ValueError as error:
        raise ValueError(f"line {number}: needs `date | author | title | pages` ({error})") from error
    if book.pages <= 0:
        raise ValueError(f"line {number}: a book has at least one page")
    return book


def parse_log(text: str) -> list[Book]:
    """Reads a whole log; empty lines are allowed."""
    return [parse_line(line, number) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
