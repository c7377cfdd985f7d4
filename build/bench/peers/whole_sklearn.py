"""scikit-learn: MLPRegressor, one epoch a call and a validation after each."""

import sklearn
from sklearn.neural_network import MLPRegressor

from diamonds import batch, epochs, hidden, report, training, validation, x, y

model = MLPRegressor(hidden_layer_sizes=hidden, solver="adam", batch_size=batch, shuffle=True, random_state=0)
for _ in range(epochs):
    model.partial_fit(x[training], y[training, 0])
    predictions = model.predict(x[validation])
report(predictions, f"scikit-learn {sklearn.__version__} cpu")
