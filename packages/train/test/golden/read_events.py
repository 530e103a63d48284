"""Prints what TensorBoard reads from the event files in a folder, for a development check of tensorboardLog:

    pip install tensorboard
    python read_events.py <folder>
"""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1])
events.Reload()
tags = events.Tags()["scalars"]
print(json.dumps({tag: [[e.step, e.value if e.value == e.value else "NaN"] for e in events.Scalars(tag)] for tag in tags}))
