"""One file a kind of panel (or a few alike): each makes data, table twin, sentence and figure."""
