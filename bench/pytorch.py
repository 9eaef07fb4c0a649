"""The step of `tiny` in run.ts by PyTorch eager: the value, the gradient of W2 and the median time of a step in microseconds, as JSON."""

import json
import statistics
import time

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
y = torch.tensor([[0.0], [1], [1], [0]])
start = [torch.tensor(p) for p in ([[0.1, 0.2], [0.3, 0.4]], [0.0, 0], [[0.5, -0.5]], [0.0])]


def slope(parameters):
    leaves = [p.detach().requires_grad_() for p in parameters]
    w1, b1, w2, b2 = leaves
    a = torch.sigmoid(x @ w1.T + b1)
    h = torch.sigmoid(a @ w2.T + b2)
    cost = -(y * torch.log(h) + (1 - y) * torch.log(1 - h)).mean()
    return cost, torch.autograd.grad(cost, leaves)


def step(parameters):
    began = time.perf_counter()
    _, gradient = slope(parameters)
    with torch.no_grad():
        moved = [p - 0.1 * g for p, g in zip(parameters, gradient)]
    return time.perf_counter() - began, moved


cost, gradient = slope(start)
times = []
parameters = start
for _ in range(4000):
    taken, parameters = step(parameters)
    times.append(taken)
print(json.dumps({"value": cost.item(), "gradient": gradient[2].flatten().tolist(), "microseconds": 1e6 * statistics.median(times[2000:])}))
