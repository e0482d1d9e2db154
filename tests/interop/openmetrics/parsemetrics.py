#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

"""Parses OpenMetrics from standard input, and prints its samples as a JSON array."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

text = sys.stdin.buffer.read().decode()
samples = [
    [family.type, sample.name, sample.labels, sample.value]
    for family in text_string_to_metric_families(text)
    for sample in family.samples
]
json.dump(samples, sys.stdout)
