"""The reader: an archive in a browser.  Reads only, asks nobody, and needs no script."""
