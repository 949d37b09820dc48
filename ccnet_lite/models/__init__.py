"""Models: fastText, SentencePiece, KenLM. Found, verified, loaded, trained; texts in, numbers out."""
