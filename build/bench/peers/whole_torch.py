"""PyTorch: a plain loop over a shuffling DataLoader, fused Adam, a validation after each epoch."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from diamonds import batch, epochs, hidden, report, training, validation, x, y

device = "cuda" if torch.cuda.is_available() else "cpu"
units = [x.shape[1], *hidden]
layers = [part for n, m in zip(units, units[1:]) for part in (nn.Linear(n, m), nn.ReLU())]
model = nn.Sequential(*layers, nn.Linear(units[-1], 1)).to(device)
optimizer = torch.optim.Adam(model.parameters(), fused=True)
loss = nn.MSELoss()
loader = DataLoader(TensorDataset(torch.from_numpy(x[training]), torch.from_numpy(y[training])), batch, shuffle=True)
held_out = torch.from_numpy(x[validation]).to(device)
for _ in range(epochs):
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss(model(inputs.to(device)), targets.to(device)).backward()
        optimizer.step()
    with torch.no_grad():
        predictions = model(held_out)
report(predictions.cpu(), f"torch {torch.__version__} {device}")
