"""The field's terms: each enumeration holds the stored key and the label people read."""
