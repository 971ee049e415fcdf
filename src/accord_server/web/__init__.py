"""The pages: views, forms, templates, static files and words, in English and Japanese."""
