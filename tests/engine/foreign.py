"""Compiles the C files of this folder against CPython's own headers and loads them: foreign code for the tests."""
import hashlib
import importlib.machinery
import importlib.util
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILT = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "tests")
FLAGS = "-shared -fPIC -O1 -g -std=gnu17 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers".split()


def load(name):
    """The extension module of NAME.c; compiled once for each text of it."""
    source = os.path.join(HERE, name + ".c")
    with open(source, "rb") as file:
        digest = hashlib.sha256(file.read() + " ".join(FLAGS).encode()).hexdigest()[:16]
    binary = os.path.join(BUILT, f"{name}-{digest}.so")
    if not os.path.exists(binary):
        os.makedirs(BUILT, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILT) as folder:
            fresh = os.path.join(folder, "module.so")
            subprocess.run(["gcc", *FLAGS, "-I/usr/include/python3.11", source, "-o", fresh], check=True)
            os.replace(fresh, binary)
    loader = importlib.machinery.ExtensionFileLoader(name, binary)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module
