"""Pages: what is read off the markup of one page: its facts, its text, what it needs; and markup made safe."""
