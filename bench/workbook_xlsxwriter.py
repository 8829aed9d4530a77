"""Writes the table of argv[1] (JSON) to argv[2] by XlsxWriter in constant-memory mode; prints time and memory."""

import json
import os
import resource
import sys
import time

import xlsxwriter

with open(sys.argv[1]) as file:
    header, *rows = json.load(file)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
start, cpu = time.perf_counter(), time.process_time()
workbook = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True})
sheet = workbook.add_worksheet("Experiments")
metric = workbook.add_format({"num_format": "0.0000"})
plain = workbook.add_format({"num_format": "General"})
heading = workbook.add_format({"bold": True, "text_wrap": True})
sheet.freeze_panes(1, 11)
sheet.autofilter(0, 0, len(rows), len(header) - 1)
for column, title in enumerate(header):
    sheet.write_string(0, column, title, heading)
for number, row in enumerate(rows, start=1):
    for column, value in enumerate(row):
        if value is None:
            sheet.write_blank(number, column, None, plain)
        elif isinstance(value, (int, float)):
            sheet.write_number(number, column, value, metric if isinstance(value, float) else plain)
        elif isinstance(value, dict):
            sheet.write_url(number, column, "external:" + value["target"], plain, value["text"])
        else:
            sheet.write_string(number, column, value, plain)
workbook.close()
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{seconds:.2f} s ({cpu:.2f} s of processor), {after} MB ({before} MB of it before: the table), {os.path.getsize(sys.argv[2]) >> 10} KiB")
