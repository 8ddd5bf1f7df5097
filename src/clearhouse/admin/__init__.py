"""The control plane: `/_clearhouse/v1`, for operators and tests, never for clients."""
