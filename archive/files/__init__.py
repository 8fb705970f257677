"""Files: bytes on a disk or in a store, written so that no power cut leaves a part of them, by one writer at a time."""
