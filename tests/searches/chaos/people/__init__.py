"""Who changes calendars, asks for watches, and watches beside us."""
