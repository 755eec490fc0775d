"""From an upload to the features of a version: checked, placed on the earth, given stable ids."""
