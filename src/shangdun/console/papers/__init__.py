"""Records as papers: each module builds one kind of document, ``answer`` sends it."""
