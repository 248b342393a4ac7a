"""The dialogs of the menu Export, and the work behind them."""
