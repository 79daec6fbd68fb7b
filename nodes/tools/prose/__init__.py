"""Texts and the files that hold them: words, sentences, and what a request says of them."""
