"""Trees of the library's programs, positions included, as checksums."""
import ast
import os
import warnings
import zlib

warnings.simplefilter("ignore")
LIBRARY = os.path.dirname(os.__file__)
for name in sorted(os.listdir(LIBRARY)):
    if name.endswith(".py"):
        with open(os.path.join(LIBRARY, name), "rb") as file:
            tree = ast.parse(file.read(), name)
        print(name, zlib.crc32(ast.dump(tree, include_attributes=True).encode()))
