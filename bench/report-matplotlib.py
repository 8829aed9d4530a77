"""The pages of a report by matplotlib: report-matplotlib.py FIGURES.json OUT.pdf RANKS EPOCHS RUNS; prints wall and CPU ms of the quickest warm run, and bytes."""

import json
import os
import sys
import time

import matplotlib

matplotlib.use("pdf")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_pdf import PdfPages

BASES = ["loss", "accuracy", "dsc"]
A4 = (11.69, 8.27)


def main():
    figures_file, out, ranks, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    runs = int(sys.argv[5])
    with open(figures_file) as file:
        figures = {name: np.array(rows) for name, rows in json.load(file).items()}
    x = np.arange(1, epochs + 1)
    wall, cpu = [], []
    for _ in range(runs + 1):
        start, before = time.perf_counter(), time.process_time()
        draw(figures, x, ranks, out)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - before)
    print(min(wall[1:]) * 1000, min(cpu[1:]) * 1000, os.path.getsize(out))


def draw(figures, x, ranks, out):
    with PdfPages(out) as pdf:
        overview(pdf, figures, x, ranks)
        stacked(pdf, figures, x, behind=False)
        stacked(pdf, figures, x, behind=True)
        for base in BASES:
            zoom(pdf, figures, x, base)
        for base in ("dsc", "loss"):
            for first in range(0, ranks, 64 if ranks > 30 else 30):
                small_multiples(pdf, figures, x, base, range(first, min(ranks, first + (64 if ranks > 30 else 30))))
        times(pdf, figures, ranks)


def overview(pdf, figures, x, ranks):
    figure = plt.figure(figsize=A4)
    grid = figure.add_gridspec(4, 3)
    axes = figure.add_subplot(grid[:3, :2])
    curves(axes, figures["val_dsc"], x)
    axes.plot(x, figures["val_dsc"].mean(axis=0), color="black", linewidth=2)
    axes.set_title("val_dsc")
    for row, base in enumerate(["loss", "accuracy"]):
        axes = figure.add_subplot(grid[row, 2])
        axes.plot(x, figures[base].mean(axis=0))
        axes.plot(x, figures["val_" + base].mean(axis=0), color="black")
        axes.set_title(base)
    axes = figure.add_subplot(grid[2, 2])
    curves(axes, figures["time"], x)
    axes.set_title("time per step")
    axes = figure.add_subplot(grid[3, :])
    axes.imshow(np.arange(ranks).reshape(-1, min(ranks, 64)), aspect="auto", cmap="coolwarm")
    figure.suptitle("COMPLETED")
    save(pdf, figure)


def stacked(pdf, figures, x, behind):
    figure, all_axes = plt.subplots(3, 1, figsize=A4)
    for axes, base in zip(all_axes, BASES):
        validation = figures["val_" + base]
        if behind:
            curves(axes, figures[base], x)
        else:
            axes.fill_between(x, validation.min(axis=0), validation.max(axis=0), color="lightgrey")
        axes.plot(x, validation.mean(axis=0), color="black", linewidth=2)
        axes.set_title(base)
    save(pdf, figure)


def zoom(pdf, figures, x, base):
    figure, all_axes = plt.subplots(1, 2, figsize=A4, sharey=True)
    for axes, name in zip(all_axes, [base, "val_" + base]):
        curves(axes, figures[name], x)
        axes.plot(x, figures["val_" + base].mean(axis=0), color="black", linewidth=2, label="validation")
        axes.set_title(name)
        axes.legend()
    save(pdf, figure)


def curves(axes, rows, x):
    """A line per rank up to eight; above, as in the report, median and band."""
    if len(rows) <= 8:
        for rank, row in enumerate(rows):
            axes.plot(x, row, linewidth=0.9, label=f"rank {rank}")
        return
    low, middle, high = np.quantile(rows, [0.1, 0.5, 0.9], axis=0)
    axes.fill_between(x, low, high, alpha=0.2, label="middle 80 %")
    axes.plot(x, middle, label="median")


def small_multiples(pdf, figures, x, base, ranks):
    columns = 8 if len(ranks) > 30 else int(np.ceil(np.sqrt(len(ranks))))
    rows = int(np.ceil(len(ranks) / columns))
    figure, all_axes = plt.subplots(rows, columns, figsize=A4, sharex=True, sharey=True, squeeze=False)
    mean = figures[base].mean(axis=0)
    for axes, rank in zip(all_axes.flat, ranks):
        axes.plot(x, mean, color="lightgrey")
        axes.plot(x, figures[base][rank])
        axes.plot(x, figures["val_" + base][rank], color="black")
        axes.set_title(f"rank {rank}", fontsize=6)
    save(pdf, figure)


def times(pdf, figures, ranks):
    figure, (heat, dots) = plt.subplots(2, 1, figsize=A4)
    heat.imshow(figures["time"], aspect="auto", cmap="Blues", interpolation="nearest")
    low, middle, high = np.quantile(figures["time"], [0.1, 0.5, 0.9], axis=1)
    dots.errorbar(np.arange(ranks), middle, yerr=[middle - low, high - middle], fmt="o", markersize=3)
    dots.set_ylim(bottom=0)
    save(pdf, figure)


def save(pdf, figure):
    pdf.savefig(figure)
    plt.close(figure)


main()
