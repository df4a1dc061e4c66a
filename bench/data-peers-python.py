"""The step on data in numpy and PyTorch, for npm run bench. Lines come in on standard input, one answer goes out for each.

   {"folder", "n", "m", "d", "eta", "activation"}   reads X, y, a, W (float32); answers with the names of the contenders
   name                                             one step; answers with its milliseconds of processor time
   weights name                                     writes W after one step from the start to the folder
"""

import json
import math
import sys
import time

import numpy as np

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None

setup = json.loads(sys.stdin.readline())
n, m, d, eta = (setup[key] for key in ("n", "m", "d", "eta"))
ROOT = math.sqrt(24)
BLOCK = 128


def read(name, *shape):
    return np.fromfile(f"{setup['folder']}/{name}", dtype=np.float32).reshape(shape)


X, y, a, start = read("X", n, d), read("y", n), read("a", m), read("W", m, d)


def activate(lib, z, out=None, slopes=None):
    """sigma(z) and sigma'(z), into arrays that are there where given."""
    kind = setup["activation"]["kind"]
    if kind == "He4":
        square = z * z
        return ((square - 6) * square + 3) / ROOT, (4 * square - 12) * z / ROOT
    if kind == "relu":
        positive = (z > 0).astype(np.float32) if lib is np else (z > 0).to(z.dtype)
        return z * positive, positive
    p = setup["activation"]
    square = z * z
    e = lib.exp(-p["rate"] * square)
    first, second = 2 * p["square"] - 2 * p["rate"] * p["constant"], -2 * p["rate"] * p["square"]
    return (p["constant"] + p["square"] * square) * e + p["offset"], z * (first + second * square) * e


def move(lib, W, G):
    g = G / n
    W = W + eta * (g - (g * W).sum(1)[:, None] * W)
    return W / lib.sqrt((W * W).sum(1))[:, None]


def numpy_plain(W):
    values, slopes = activate(np, X @ W.T)
    residual = y - (values * a).mean(1)
    return move(np, W, (slopes * a * residual[:, None]).T @ X)


def numpy_blocked(W):
    G = np.zeros_like(W)
    for b in range(0, n, BLOCK):
        x = X[b : b + BLOCK]
        values, slopes = activate(np, x @ W.T)
        residual = y[b : b + BLOCK] - values @ a / np.float32(m)
        G += slopes.T @ (x * residual[:, None])
    return move(np, W, G * a[:, None])


contenders = {"numpy, plain": (numpy_plain, start), "numpy, blocks of 128 samples": (numpy_blocked, start)}

if torch is not None:
    TX, Ty, Ta, Tstart = (torch.from_numpy(array) for array in (X, y, a, start))

    def torch_autograd(W):
        """As the definition reads: forward, mean squared error, autograd, projection."""
        W = W.detach().requires_grad_(True)
        values, _ = activate(torch, TX @ W.T)
        (0.5 * m * ((values * Ta).mean(1) - Ty).square().mean()).backward()
        return move(torch, W.detach(), -n * W.grad)

    def torch_lean(W):
        G = torch.zeros_like(W)
        for b in range(0, n, BLOCK):
            x = TX[b : b + BLOCK]
            values, slopes = activate(torch, x @ W.T)
            residual = Ty[b : b + BLOCK] - values @ Ta / m
            G.addmm_(slopes.T, x * residual[:, None])
        return move(torch, W, G * Ta[:, None])

    contenders["PyTorch, autograd"] = (torch_autograd, Tstart)
    contenders["PyTorch, blocks of 128 samples"] = (torch_lean, Tstart)

versions = f"numpy {np.__version__}" + (f", PyTorch {torch.__version__}" if torch else "")
print(json.dumps({"versions": versions, "contenders": list(contenders)}), flush=True)

state = {name: W for name, (_, W) in contenders.items()}
for line in sys.stdin:
    line = line.rstrip("\n")
    if line.startswith("weights "):
        step, W = contenders[line.removeprefix("weights ")]
        np.asarray(step(W)).astype(np.float32).tofile(f"{setup['folder']}/weights")
        print("{}", flush=True)
        continue
    begin = time.process_time()
    state[line] = contenders[line][0](state[line])
    print(json.dumps({"milliseconds": 1000 * (time.process_time() - begin)}), flush=True)
