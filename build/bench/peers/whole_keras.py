"""Keras: `fit` with validation data."""

import jax
import keras

from diamonds import batch, epochs, hidden, report, training, validation, x, y

model = keras.Sequential(
    [keras.layers.Input((x.shape[1],)), *(keras.layers.Dense(units, "relu") for units in hidden), keras.layers.Dense(1)]
)
model.compile("adam", "mse")
model.fit(
    *(x[training], y[training]),
    validation_data=(x[validation], y[validation]),
    **{"epochs": epochs, "batch_size": batch, "verbose": 0},
)
report(model.predict(x[validation], verbose=0), f"keras {keras.__version__} on jax {jax.default_backend()}")
