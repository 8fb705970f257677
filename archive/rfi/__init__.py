"""RFI: what is known of RFI's site: the editions, what listings look like, the layouts of pages."""
