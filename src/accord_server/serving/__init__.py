"""The site as one program: its routes, its WSGI application, and gunicorn's threaded workers around it."""
