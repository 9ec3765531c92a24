"""What a message means where no rule knows its words: small classifiers on sentence embeddings (`make train`)."""
