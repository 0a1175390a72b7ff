"""The values that everything else speaks of. Pure, frozen, and without a clock."""
