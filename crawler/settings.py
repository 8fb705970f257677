"""Every knob on one screen, a unit on every number.  `-s NAME=VALUE` sets one for a run."""

import os

# The archive
ARCHIVE_DIR = os.environ.get("ARCHIVE_DIR", "data")  # folder; made if it is not there
INDEX_URL = os.environ.get(
    "INDEX_URL", ""
)  # postgresql://...: an index that many machines write; "": a file in the archive
CONTACT = os.environ.get("CONTACT", "")  # URL or mail address, goes into the user agent: who runs this crawler
MIN_FREE_BYTES = 256 << 20  # bytes; with less free on the archive's disk a run ends in order, or does not begin
IMAGES = "lead"  # which pictures of an article are fetched: lead, all (those in its body too), none
REQUISITES = True  # stylesheets and fonts of the first page of each template in a run, each once a calendar month (UTC)
RECHECK = "1h 6h 1d 7d 30d"  # ages at which an article is looked at again, counted from its first capture; "": never

# What is told of a run, beside its log and runs/*.json; "" = nothing
QUIET_HOURS = 12  # hours without a new article after which a run ends with 14; 0 = never
NOTIFY = os.environ.get("NOTIFY", "")  # apprise URLs with blanks between, told of the first failure and of recovery
HEARTBEAT_URL = os.environ.get("HEARTBEAT_URL", "")  # asked for at the end of each run that did its work
METRICS_FILE = os.environ.get("METRICS_FILE", "")  # a text file for node_exporter, written at the end of each run

# Many workers, if there is a QUEUE_URL; README, "When one machine is not enough"
QUEUE_URL = os.environ.get("QUEUE_URL", "")  # redis://HOST:PORT/NUMBER, which all workers share; "" = this one is alone
STORE_URL = os.environ.get("STORE_URL", "")  # s3://BUCKET/PREFIX for finished files, dropped here once there; "" = none
LEASE = 60  # seconds for which a worker that gives no sign of life keeps what it has taken

# A good guest
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "rfi-archive"  # the name a robots.txt may address us by
DOWNLOAD_DELAY = 5  # seconds between two requests to a host
AUTOTHROTTLE_ENABLED = True  # longer when the host is slow
AUTOTHROTTLE_START_DELAY = 5  # seconds
AUTOTHROTTLE_MAX_DELAY = 60  # seconds
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # connections to a host
CONCURRENT_REQUESTS = 8  # requests under way in all, waiting ones too; few, so that the newest overtake
RETRY_TIMES = 2  # more tries of one request within a run; later runs try again too
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]  # not 429: whoever says that is not asked again at once
REDIRECT_MAX_TIMES = 10  # hops

# What one run may take; 0 = no end. What is cut off is the oldest, and the next run takes it up
MAX_RUNTIME = 0  # seconds, after which nothing more is asked for
MAX_REQUESTS = 0  # requests sent, those for robots.txt, redirects and retries too
MAX_BYTES = 0  # bytes of answers

# What is asked for: codings that every replay tool reads, HTTP/1.1, no state, no disguise
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh",
    "Accept-Encoding": "gzip, deflate",
}
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
DOWNLOAD_TIMEOUT = 60  # seconds for one answer
DOWNLOAD_MAXSIZE = 32 << 20  # bytes of one answer; what came of a larger one is recorded
DOWNLOAD_WARNSIZE = 0  # bytes; 0 = never

# Where things are
CLOCK = "crawler.clock.now"  # what tells the time, UTC
BOT_NAME = "rfi-archive"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
ADDONS = {"crawler.cluster.Cluster": 0}  # does nothing without a QUEUE_URL
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}
DOWNLOAD_HANDLERS = {"http": "crawler.wire.Wire", "https": "crawler.wire.Wire"}
# What of Scrapy's own is at work, ours between it.  The tables of its defaults are emptied, since what
# they name, or ours set to None, is imported all the same, and each that does nothing here is asked at each page.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50,
    "crawler.dedupe.SkipArchived": 100,
    "crawler.politeness.NoReferer": 700,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": 800,
}
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.dedupe.SkipOnTheWay": 50,
    "crawler.recheck.OnlyIfChanged": 60,
    "crawler.politeness.Robots": 100,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "crawler.politeness.AsGuest": 560,  # sees a robots.txt with its content decoded (590)
    "crawler.coded.Coded": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "crawler.proxied.Proxied": 750,
    "crawler.budget.WithinBudget": 995,
}
RETRY_EXCEPTIONS = [  # all that crawler.wire raises; Scrapy's own list names its other handler's, and so imports it
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    OSError,  # from decoding a body that is none
]
DUPEFILTER_CLASS = "crawler.dedupe.Once"
ITEM_PIPELINES = {
    "crawler.pipelines.Warc": 100,
    "crawler.pipelines.Normalize": 200,
    "crawler.pipelines.Index": 300,
    "crawler.shipping.Shipped": 400,
}
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {
    "crawler.run.Run": 0,
    "crawler.closing.Closing": 1,
    "crawler.shipping.Shipping": 2,
    "crawler.progress.Progress": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}

# Scrapy's own
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 2 << 20  # bytes of answers that are worked on, beyond which nothing is asked for
CONCURRENT_ITEMS = 1  # per response; the default starts 100 tasks for each
LOG_LEVEL = "INFO"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_FORMATTER = "crawler.log.Words"
LOG_VERSIONS: list[str] = []  # of no interest in every run, and a tenth of a second to find out
WARN_ON_GENERATOR_RETURN_VALUE = False  # it reads the source of a callback again for each answer
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # nobody reads its figures; a run's own are in its report
STATS_DUMP = False  # the last line of a run says what matters
