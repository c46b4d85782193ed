"""Documents as blocks, written as PDF and Word in the company's layout.

Whoever writes a document builds a ``blocks.Paper``; ``pdf.write_pdf`` and ``word.write_docx`` draw
the same blocks. Text is data everywhere: nothing in it is markup of the format that is written.
"""
