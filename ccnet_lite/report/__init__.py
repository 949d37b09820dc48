"""What a run did, for people: the funnel in the terminal and the HTML report."""
