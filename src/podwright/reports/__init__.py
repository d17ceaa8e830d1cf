"""How a result is shown: documents for machines, words for people; text only."""
