"""Codings: what is packed with gzip, brotli, zstd, opened piece by piece, so that nothing small becomes huge."""
