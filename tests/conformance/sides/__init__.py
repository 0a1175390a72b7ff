"""Who the claims are held against: the simulator, or Google itself."""
