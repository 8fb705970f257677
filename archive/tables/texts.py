"""Texts: what the index keeps of articles so that they can be found: by date of news, by label, by their words.

Each article has one text, that of its newest version.  Its number grows with the time of
publication, so whatever is asked newest first, by a word or a label, is read in the order
in which it lies; a day is a range of numbers.  Numbers are of one index, not of the archive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any

from archive import urls
from archive.language import han
from archive.page import PARIS
from archive.tables import card
from archive.tables.card import Card
from archive.tables.database import BATCH, batches
from archive.tables.figures import Figures

Words = tuple[str, str, str]
"""What the search is given of an article: the words of title, lead and body."""
SLOTS = 16
"""Numbers a minute; where they are used up, an article takes the next one free."""
_EPOCH = date(1970, 1, 1)
_FROM = """from texts x join articles a using (key) join urls u using (key) join captures c on c.id = a.capture
    join warcs w on w.id = c.warc left join captures t on t.id = c.target left join warcs tw on tw.id = t.warc"""
_CARD = f"select x.id, {card.COLUMNS} {_FROM}"
_OF_LABEL = f"""select x.id, {card.COLUMNS} from labels n join labelled l on l.label = n.id
    join texts x on x.id = l.text {_FROM.removeprefix("from texts x")}
    where n.kind = ? and n.name = ? and l.text < ? order by l.text desc limit ?"""
_BEYOND = 2**62
# With the next number free: the one asked for, or that behind the first run of numbers from there on.
_ENTER = """insert into texts (id, key, said) values (
    case when not exists (select 1 from texts where id = :id) then :id else
    (select x.id + 1 from texts x where x.id >= :id and not exists (select 1 from texts y where y.id = x.id + 1)
     order by x.id limit 1) end, :key, :said) returning id"""
_COUNT_IN = """insert into labels (kind, name, articles) values (?, ?, ?)
    on conflict (kind, name) do update set articles = labels.articles + excluded.articles"""
_LABEL = "insert into labelled values ((select id from labels where kind = ? and name = ?), ?)"
_COUNT_OUT = "update labels set articles = articles - 1 where id in (select label from labelled where text = ?)"
MANY, LONG = 500, 1 << 20
"""Texts, and characters of one, after which those that wait are given to the search: sorted, and many at once.

FTS5 collects the words of texts whose numbers grow, and writes them out, to be merged later, whenever one does not."""
DAY = SLOTS * 24 * 60
"""Numbers a day."""
_BY_DAY = f"""select (id - ((id % {DAY}) + {DAY}) % {DAY}) / {DAY}, count(*) from texts
    where key is not null and id >= ? and id < ? group by 1 order by 1"""
UNLIKE = """select a.path, 'its text cannot be found' from articles a left join texts x using (key) where x.id is null
    union all select 'texts', 'of ' || x.id || ', which is no article' from texts x left join articles a using (key)
        where x.key is not null and a.key is null
    union all select 'texts', 'the words of ' || x.id || ' are not there' from texts x
        left join search_docsize s using (id) where s.id is null
    union all select n.kind || ' ' || n.name, n.articles || ' articles are noted, ' || count(l.text) || ' bear it'
        from labels n left join labelled l on l.label = n.id group by n.id having n.articles != count(l.text)"""
"""Where the tables of texts contradict each other or those of articles."""


class Texts(Figures):
    """The tables of texts."""

    # What is known

    def newest_cards(
        self, label: tuple[str, str] | None = None, *, before: int | None = None, limit: int
    ) -> list[Card]:
        """Return the newest articles, the newest first.

        label: only those that bear it, by kind and name.  before: only those with a lower number.
        """
        before = _BEYOND if before is None else before
        if label:
            return list(self._rows(card.of, _OF_LABEL, (*label, before, limit)))
        return list(self._rows(card.of, f"{_CARD} where x.id < ? order by x.id desc limit ?", (before, limit)))

    def of_day(self, day: date, *, limit: int = BATCH) -> list[Card]:
        """Return the articles of a day, on the clock of Paris, the newest first."""
        sql = f"{_CARD} where x.id >= ? and x.id < ? order by x.id desc limit ?"
        return list(self._rows(card.of, sql, (first_of(day), first_of(day + timedelta(days=1)), limit)))

    def card(self, path: str) -> Card | None:
        """Return the article of a file, by its path relative to the archive."""
        return self._row(card.of, f"{_CARD} where a.path = ?", (path,))

    def cards(self, numbers: Sequence[int]) -> list[Card]:
        """Return the articles of these texts, in the order of the numbers; those that gave way are left out."""
        found = {one.number: one for some in batches(numbers) for one in self._cards(some)}
        return [found[number] for number in numbers if number in found]

    def _cards(self, numbers: Sequence[int]) -> Iterator[Card]:
        return self._rows(card.of, f"{_CARD} where x.id in ({','.join('?' * len(numbers))})", numbers)

    def every_card(self, since: date | None = None, until: date | None = None) -> Iterator[Card]:
        """Yield the articles whose URL's day lies between these, both included, by their files' paths.

        So their order is the same in any index of the same archive.  They are read in steps.
        """
        last, beyond = (urls.day_path(since) if since else ""), (urls.day_path(until) + "." if until else "b")
        sql = f"{_CARD} where a.path > ? and a.path < ? order by a.path limit {BATCH}"
        while some := list(self._rows(card.of, sql, (last, beyond))):
            yield from some
            last = some[-1].path

    def labels(self, kind: str, *, limit: int = -1) -> list[tuple[str, int]]:
        """Return the names of a kind of label and how many articles bear each, the most first."""
        sql = "select name, articles from labels where kind = ? and articles > 0 order by articles desc, name limit ?"
        return list(self._rows(lambda name, count: (str(name), int(count)), sql, (kind, limit)))

    def by_day(self, since: date | None = None, until: date | None = None) -> list[tuple[date, int]]:
        """Return the days that have articles, on the clock of Paris, with how many; both ends included."""
        ends = first_of(since) if since else -_BEYOND, first_of(until + timedelta(days=1)) if until else _BEYOND
        return list(self._rows(lambda day, count: (_EPOCH + timedelta(days=day), int(count)), _BY_DAY, ends))

    def next_day(self, day: date, *, back: bool) -> date | None:
        """Return the next day that has articles behind a day, or the last one before it."""
        sql, start = (
            ("select max(id) from texts where key is not null and id < ?", first_of(day))
            if back
            else ("select min(id) from texts where key is not null and id >= ?", first_of(day + timedelta(days=1)))
        )
        return self._row(lambda number: day_of(number) if number is not None else None, sql, (start,))

    # What is written

    def enter(self, key: int, row: Mapping[str, Any], texts: tuple[str, str, str], words: Words | None = None) -> None:
        """Let the article with this key be found: by the labels of its row and by title, lead and body.

        row: as `rows.article_row` makes it; it is there.  words: of these texts, where they are known already.
        """
        given, start = words or words_of(*texts), _first(row["published"], row["path"])
        number, said = self._number(key), _digest(given)
        if number is not None and self._stands(number, start, said):
            self._unlabel(number)
        else:
            if number is not None:
                self.leave(key)
            number = next(self._rows(int, _ENTER, {"id": start, "key": key, "said": said}))
            self._wait(number, given)
        for label in card.labels_of(row):
            self._bear.setdefault(label, []).append(number)

    @cached_property
    def _waiting(self) -> dict[int, Words]:
        """What the search is given when the transaction ends, or when it is much, by number."""
        return {}

    @cached_property
    def _bear(self) -> dict[tuple[str, str], list[int]]:
        """Numbers of the texts that are given a label then, by its kind and name: most articles share theirs."""
        return {}

    def _begin(self) -> None:
        """As any transaction; what waited in one that was undone is forgotten."""
        self._waiting.clear()
        self._bear.clear()
        super()._begin()

    def _wait(self, number: int, words: Words) -> None:
        self._waiting[number] = words
        if len(self._waiting) >= MANY or len(words[2]) > LONG:
            self._settle()

    def _settle(self) -> None:
        self._db.executemany(_COUNT_IN, [(*label, len(numbers)) for label, numbers in self._bear.items()])
        bear = [(*label, number) for label, numbers in self._bear.items() for number in numbers]
        self._db.executemany(_LABEL, bear)
        self._bear.clear()
        for number in sorted(self._waiting):
            self._give(number, self._waiting[number])
        self._waiting.clear()

    def _give(self, number: int, words: Words) -> None:
        self._db.execute("insert into search (rowid, title, lead, body) values (?, ?, ?, ?)", (number, *words))

    def leave(self, key: int) -> None:
        """Let an article be found no more."""
        if (number := self._number(key)) is not None:
            self._unlabel(number)
            self._db.execute("update texts set key = null where id = ?", (number,))

    def _number(self, key: int) -> int | None:
        return self._row(int, "select id from texts where key = ?", (key,))

    def _stands(self, number: int, start: int, said: int) -> bool:
        """Tell whether a text is what it should be, and can be found."""
        if number in self._waiting:
            self._settle()
        sql = "select 1 from texts join search_docsize using (id) where id = ? and said = ?"
        return 0 <= number - start < SLOTS and self._row(bool, sql, (number, said)) is not None

    def _unlabel(self, number: int) -> None:
        if self._bear:  # its labels, perhaps
            self._settle()
        self._db.execute(_COUNT_OUT, (number,))
        self._db.execute("delete from labelled where text = ?", (number,))


def day_of(number: int) -> date:
    """Return the day of a text, on the clock of Paris."""
    return _EPOCH + timedelta(days=number // DAY)


def first_of(day: date) -> int:
    """Return the first number of a day, on the clock of Paris."""
    return (day - _EPOCH).days * DAY


def _first(published: int | None, path: str) -> int:
    """Return the first number of a text: by its publication, else by the day in its path, else 0."""
    if published is None:
        day = card.day_of(str(path))
        return first_of(day) if day else 0
    at = datetime.fromtimestamp(published, UTC).astimezone(PARIS)
    return first_of(at.date()) + (at.hour * 60 + at.minute) * SLOTS


def said_of(words: Words) -> int:
    """Return the digest of what the search is given of an article."""
    return _digest(words)


def words_of(title: str, lead: str, body: str) -> Words:
    """Return what the search is given: title and lead once more with their marks, so that either is asked alone."""
    heads = ((han.tokens(text), mark) for text, mark in ((title, han.TITLE), (lead, han.LEAD)))
    title, lead = (f"{tokens} {han.marked(tokens, mark)}" for tokens, mark in heads)
    return title, lead, han.tokens(body)


def _digest(given: Iterable[str]) -> int:
    """Return a number that stands for what the search was given."""
    whole = "\0".join(given).encode("utf-8", "replace")
    return int.from_bytes(blake2b(whole, digest_size=8).digest(), "big", signed=True)
