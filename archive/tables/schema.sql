-- What the archive knows.  Times are seconds since 1970 UTC.  All of it can be made again from warc/ and imported/.
-- Kinds and states of URLs are numbers, those of coded.py; it puts them in here for the quoted words, too.

create table warcs (            -- sealed WARC files
    id      integer primary key,
    name    text not null unique,
    size    integer not null,   -- bytes
    sha256  text not null       -- of the whole file, hex
);

create table urls (             -- every URL that was listed or fetched
    key       integer primary key,  -- first 8 bytes of SHA-256 of the canonical URL, signed
    url       text not null,        -- canonical
    kind      integer not null,     -- urls.Kind
    state     integer not null,     -- decide.State
    why       text not null default '',
    attempts  integer not null default 0,  -- fetches that failed since the last good one, of what is archived too
    last      integer,              -- when it was last fetched
    rank      integer not null      -- newest first: publication as listed, else the day in the URL
);
create index urls_open on urls (kind, rank desc, attempts, state, last)
    where state in ('listed', 'rejected', 'failed', 'gone') and attempts < 8;
-- 8 is decide.MAX_ATTEMPTS: what is given up costs no run anything.
create index urls_given_up on urls (last desc, kind, attempts, state) where attempts >= 8 and state != 'archived';
-- Both have all that is asked to count them: so that reads no row, of which each lies on another page of the file.

create table mimes (            -- media types
    id    integer primary key,
    mime  text not null unique  -- '' if an answer names none
);

create table captures (         -- every record of an answer
    id      integer primary key,
    key     integer not null references urls,
    epoch   integer not null,   -- WARC-Date
    warc    integer not null references warcs,
    offset  integer not null,   -- bytes before the gzip member
    length  integer not null,   -- bytes of the member
    digest  blob not null,      -- payload digest, coded.packed
    status  integer not null,
    mime    integer not null references mimes,
    state   integer not null,   -- decide.State: what this answer alone made of its URL
    asked   text,               -- WARC-Target-URI, if it is not the canonical URL
    target  integer references captures,  -- of a revisit: the record that holds its payload
    unique (warc, offset)
);
-- Four bytes of a digest tell those of one URL apart.  target: of robots.txt each run leaves one more revisit.
create index captures_of on captures (key, substr(digest, 1, 4), target);

create index captures_gone on captures (epoch) where state = 'gone';

create table borrowed (         -- those that other tools made, imported as they are
    capture  integer primary key references captures,
    record   text not null,     -- WARC-Record-ID
    digest   text not null,     -- payload digest as its record states it, '' if it does not
    waits    integer not null   -- 1: a revisit whose payload is not here yet
);
create index borrowed_by on borrowed (record);
create index borrowed_payload on borrowed (digest);
create index borrowed_waits on borrowed (capture) where waits != 0;

create table pages (            -- every capture that holds an article
    capture  integer primary key references captures,
    epoch    integer not null,  -- its WARC-Date
    sha256   blob not null,     -- of the article file that it makes, 32 bytes
    content  blob not null,     -- what it says, content.of: of its hex digits the bytes
    changed  text not null,     -- what of that the page captured before it did not say, content.changes
    parser   integer not null   -- page.VERSION that read it
);
create index pages_edited on pages (epoch) where changed not in ('', 'markup', 'first');

create table articles (         -- the article files
    key        integer primary key references urls,
    capture    integer not null references captures,  -- the record it is made from: that of the newest version
    path       text not null unique,
    sha256     blob not null,   -- of the file, 32 bytes
    edition    text not null,
    epoch      integer not null,
    title      text not null,
    published  integer,
    modified   integer,
    section    text not null,
    show       text,
    authors    text not null,   -- JSON list
    tags       text not null,   -- JSON list
    image      text,
    caption    text,
    short      text,
    language   text,
    first      integer not null,  -- when the first of its pages was captured
    looked     integer not null,  -- when a crawl of ours was last told how it stands; 0: never
    gone       integer            -- when it was first seen gone since it was last there; null: it is there
);
create index articles_first on articles (edition, first);
create index articles_gone on articles (gone) where gone is not null;
create index articles_newest on articles (edition, epoch desc);

create table texts (            -- what can be found: the text of each article's newest version
    id    integer primary key,  -- by date of news: 16 * minute of publication on the clock of Paris + the next number free
    key   integer unique references urls,  -- null: it has given way to another, and `search` finds it no more
    said  integer not null      -- digest of what `search` was given: the same words are not given again
);

create table labels (           -- what articles are sorted by
    id        integer primary key,
    kind      text not null,    -- one of card.LABELS
    name      text not null,
    articles  integer not null, -- how many bear it
    unique (kind, name)
);
create index labels_most on labels (kind, articles desc, name);

create table labelled (
    label  integer not null references labels,
    text   integer not null references texts,
    primary key (label, text)
) without rowid;
create index labelled_by on labelled (text);

-- The words of texts, by their ids, as han.tokens has them.  Contentless: the words themselves are in the article files.
-- What has given way stays in it, since taking it out would need its words, until a rebuild.  They are folded, with
-- blanks between, so `ascii` takes each as it is.
create virtual table search using fts5 (title, lead, body, content = '', tokenize = ascii);
-- Words of new texts are collected up to so many bytes, and merged with older ones when eight such lots are there.
insert into search (search, rank) values ('hashsize', 4194304), ('automerge', 8);

create table imported (         -- article files of other archivers, in imported/: texts without a record
    path    text primary key,   -- relative to the archive
    key     integer not null references urls,
    epoch   integer not null,   -- when that archiver took it, as the file says
    title   text not null,
    sha256  text not null,      -- of the file, hex
    notes   text not null       -- what was odd about it, article.Article.notes, with commas between
);
create index imported_of on imported (key);

create table validators (       -- what a listing's last good answer said of its version
    key            integer primary key references urls,
    etag           text,
    last_modified  text
);

create table runs (             -- crawls, as their WARC's closing record tells them
    id       integer primary key,
    spider   text not null,
    started  integer not null,
    ended    integer not null,
    outcome  text not null,
    counts   text not null,     -- JSON object
    fields   text not null,     -- JSON object: name -> [pages that had it, pages that should have]
    unique (spider, started)
);
