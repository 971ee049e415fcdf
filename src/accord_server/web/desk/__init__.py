"""Pages of the Sides' officers and the secretariat, once a call has closed."""
