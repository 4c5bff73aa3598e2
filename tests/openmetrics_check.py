#!/usr/bin/env python3
"""Reads an OpenMetrics page on stdin and parses it strictly. Exit 1 with the complaint.

promtool reads the text format only, so this is the second opinion on the other one. Every argument is the name of a
family that the page must hold: an empty page parses, too.
"""
import sys

try:
    from prometheus_client.openmetrics.parser import text_fd_to_metric_families
except ImportError:
    sys.exit("openmetrics_check: prometheus_client is missing; install python3-prometheus-client")


def main():
    try:
        families = {family.name: family for family in text_fd_to_metric_families(sys.stdin)}
    except ValueError as complaint:
        print(f"openmetrics_check: {complaint}", file=sys.stderr)
        return 1
    seen = set()
    for family in families.values():
        for sample in family.samples:
            series = (sample.name, tuple(sorted(sample.labels.items())))
            if series in seen:
                print(f"openmetrics_check: {series} is there twice", file=sys.stderr)
                return 1
            if sample.timestamp is not None:
                print(f"openmetrics_check: {series} has a timestamp", file=sys.stderr)
                return 1
            seen.add(series)
    missing = [name for name in sys.argv[1:] if name not in families]
    if missing:
        print(f"openmetrics_check: no family {', '.join(missing)} on the page", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
