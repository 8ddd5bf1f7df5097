"""USDⓈ-M futures: `/fapi`."""
