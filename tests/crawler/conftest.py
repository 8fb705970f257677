"""What is collected here: the replica's test only where the replica is."""

from tests.crawler.crawling import ROOT

collect_ignore = [] if (ROOT.parent / "shared/replica/replica.py").is_file() else ["test_replica.py"]
