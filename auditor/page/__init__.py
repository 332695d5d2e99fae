"""What crawler and extraction both must know of a page: its encoding, links, dates, labels, shell or block page."""
