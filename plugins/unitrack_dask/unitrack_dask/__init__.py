"""UniTrack on a Dask cluster."""
