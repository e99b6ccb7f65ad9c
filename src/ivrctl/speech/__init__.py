"""How a value is said in each language: from an utterance to pieces that can be synthesised once and joined.

Pure. Knows nothing of files, voices or calls: an utterance goes in, a run of pieces comes out.
"""
