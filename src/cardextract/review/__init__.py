"""The review station: a local web server in which a person clears the findings with the source beside the record."""
