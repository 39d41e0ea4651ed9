"""Says what the reader makes of files, one line of JSON each: a list of [name, type, shape, SHA-256 of the bytes], or
the message with which it refused the file. Arguments: the reader, then the files; .npz files are read by NumPy."""

import hashlib
import importlib.util
import json
import sys

import numpy as np

spec = importlib.util.spec_from_file_location("reader", sys.argv[1])
reader = importlib.util.module_from_spec(spec)
sys.modules["reader"] = reader
spec.loader.exec_module(reader)

for path in sys.argv[2:]:
    try:
        tensors = np.load(path) if path.endswith(".npz") else reader.load(path)
        found = [
            [name, values.dtype.name, values.shape, hashlib.sha256(values.tobytes()).hexdigest()]
            for name, values in tensors.items()
        ]
    except reader.NativeFileError as error:
        found = str(error)
    print(json.dumps(found))
