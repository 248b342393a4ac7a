"""The dialogues of the menu Export, and the work behind them."""
