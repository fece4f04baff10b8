"""Loyalty: points, levels, benefits, rewards and VIP communities."""
