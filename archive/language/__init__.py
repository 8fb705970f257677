"""Language: texts as people write them: Chinese words, sentences, dates, queries, and where these are found."""
