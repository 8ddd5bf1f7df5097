"""Market streams: what everybody may listen to, one encoding for all who do."""
