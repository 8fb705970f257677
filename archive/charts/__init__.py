"""Charts: pictures of what is archived and what is missing."""
