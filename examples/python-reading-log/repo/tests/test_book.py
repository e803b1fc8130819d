import unittest
from datetime import date

from reading_log.book import Book, parse_log


class ParseLog(unittest.TestCase):
    def test_reads_books_and_skips_empty_lines(self) -> None:
        text = "2026-03-14 | Ursula K. Le Guin | The Dispossessed | 387\n\n2026-04-02 | Stanisław Lem | Solaris | 204\n"
        books = parse_log(text)
        self.assertEqual(books[0], Book(date(2026, 3, 14), "Ursula K. Le Guin", "The Dispossessed", 387))
        self.assertEqual(len(books), 2)

    def test_names_the_bad_line(self) -> None:
        for line in ["2026-03-14 | no pages", "yesterday | A | B | 3", "2026-03-14 | A | B | 0"]:
            with self.subTest(line), self.assertRaisesRegex(ValueError, "line 2"):
                parse_log(f"2026-03-14 | A | B | 3\n{line}")
