"""What a design competes with: microbatteries on sale or shown, each with its source."""

from tfgeom.market.batteries import MARKET, MarketEntry, load_market

__all__ = ["MARKET", "MarketEntry", "load_market"]
