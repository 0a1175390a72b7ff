"""The claims about Google Calendar, held against either side: the simulator, or Google itself."""
