"""Site: the reader as files that any host of files can serve, with a search that needs no server."""
