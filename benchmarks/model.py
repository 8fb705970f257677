"""Model: what an archive of a given size asks for: requests, bytes, processor, disk, money.  Pure.

What it multiplies was measured (`Measured`) or is taken for granted (`Assumed`); docs/SCALE.md shows both.
"""

from dataclasses import dataclass

from crawler import settings

DAY, YEAR = 86_400, 365
GB = 1e9


@dataclass(frozen=True, slots=True)
class Measured:
    """What the benchmarks measured on the machine that RESULTS.md names."""

    page_cpu: float = 0.0028
    """Seconds of processor for a page, from the request to the index row ("Crawling a large site", the smaller)."""
    run_cpu: float = 0.38
    """Seconds of processor for a run that finds nothing new ("A run that finds nothing new")."""
    run_memory: float = 90e6
    """Bytes of memory that such a run takes at most (the same section)."""
    listing_bytes: float = 3_812
    """Bytes on the wire of such a run (the same section)."""
    record: float = 1_230
    """Bytes that two records take in a WARC file beside the body (an archive of 2,000 articles, weighed)."""
    article: float = 4_400
    """Bytes of an article file (the same archive)."""
    index: float = 5_100
    """Bytes of the index for an article with all its words (the same archive)."""
    rebuild: float = 1105.0
    """Articles a second that `rebuild` makes on two cores ("Checking an archive, and making it again")."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is taken for granted; whoever knows better puts in other numbers."""

    page: float = 28_000
    """Bytes of an article page as it crosses the wire, gzip (rfi-site.md, and the pages of the benchmarks)."""
    picture: float = 90_000
    """Bytes of a lead picture, 1280 pixels wide."""
    pictures: int = 2
    """Pictures of an article that are fetched: IMAGES=lead."""
    looks: int = 4
    """Later looks at an article within 30 days that get the page again, as from a site without ETag."""
    delay: float = float(settings.DOWNLOAD_DELAY)
    """Seconds between two requests to a host."""
    disk: float = 0.05
    """Price of a GB of disk a month, EUR."""
    store: float = 0.023
    """Price of a GB in an object store a month, EUR."""
    core: float = 8.0
    """Price of a core with 4 GB of memory a month, EUR."""


@dataclass(frozen=True, slots=True)
class Size:
    """So much is archived."""

    name: str
    hosts: tuple[int, ...]
    """How many editions or sites are on each host; requests to one host wait for each other."""
    articles: float
    """Articles a day of each site."""
    runs: int = 24
    """Runs a day for each."""

    @property
    def sites(self) -> int:
        """All of them."""
        return sum(self.hosts)


SIZES = (
    Size("one edition", (1,), 39),
    Size("all editions of RFI", (17,), 39),
    Size("France Médias Monde", (17, 5, 1), 65),
    Size("10,000 news sites", (1,) * 10_000, 60),
)
"""39 articles a day: what the Chinese edition had from 2020 to 2023 (rfi-site.md, 4).  The group: RFI's editions,
France 24's four languages with InfoMigrants, Monte Carlo Doualiya; its larger newsrooms raise the mean."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a size asks for."""

    requests: float
    """A day, of pages and listings."""
    busiest: float
    """Share of a day in which a host is asked for something, pictures aside: beyond 1 it cannot be done."""
    wire: float
    """Bytes that come in a day."""
    warc: float
    """Bytes that warc/ grows by in a year."""
    index: float
    """Bytes that the index grows by in a year."""
    files: float
    """Article files a year."""
    cpu: float
    """Cores that are busy all day, if each run is a process of its own."""
    cpu_long: float
    """The same, if processes live on."""
    memory: float
    """Bytes of memory for the runs that are under way at once, each a process of its own."""
    rebuild: float
    """Seconds that a rebuild takes of what was archived in a year, on two cores."""
    cost: float
    """EUR a month at the end of the first year: disk on one machine, else an object store; and cores."""


def load(size: Size, is_: Measured, let: Assumed) -> Load:
    """Return what a size asks for."""
    articles, runs = size.sites * size.articles, size.sites * size.runs
    pages, listings = articles * (1 + let.looks), runs * 3
    requests = pages + listings
    each = requests / size.sites * let.delay
    wire = pages * let.page + articles * let.pictures * let.picture + runs * is_.listing_bytes
    warc = (wire + (pages + articles * let.pictures + listings) * is_.record) * YEAR
    cpu, cpu_long = pages * is_.page_cpu, (pages + listings) * is_.page_cpu
    index, files = articles * is_.index * YEAR, articles * YEAR
    under_way = max(1.0, sum(min(1.0, sites * each / DAY) for sites in size.hosts))
    many = len(size.hosts) > 1
    cores = max(1.0, (cpu + runs * is_.run_cpu) / DAY, under_way * is_.run_memory / 4e9)
    kept = warc / GB * (let.store if many else let.disk) + (index + files * is_.article) / GB * let.disk
    return Load(
        requests=requests,
        busiest=max(size.hosts) * each / DAY,
        wire=wire,
        warc=warc,
        index=index,
        files=files,
        cpu=(cpu + runs * is_.run_cpu) / DAY,
        cpu_long=cpu_long / DAY,
        memory=under_way * is_.run_memory,
        rebuild=files / is_.rebuild,
        cost=kept + cores * let.core,
    )
