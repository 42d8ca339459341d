"""archive.py - the command line of zipfile: create, test, list, extract; an archive as a program."""
import os
import subprocess
import sys
import zipfile
from pathlib import Path


def tool(*arguments):
    result = subprocess.run([sys.executable, "-m", "zipfile", *arguments], capture_output=True, text=True)
    print(arguments[0], result.returncode, result.stdout, result.stderr, sep="\n")


folder = Path("things")
(folder / "inner").mkdir(parents=True)
(folder / "a.txt").write_text("alpha\n" * 200)
(folder / "inner" / "b.bin").write_bytes(bytes(range(256)) * 10)
for path in [folder, folder / "inner", folder / "a.txt", folder / "inner" / "b.bin"]:
    os.utime(path, (1_000_000_000, 1_000_000_000))
tool("-c", "out.zip", "things")
tool("-l", "out.zip")
tool("-t", "out.zip")
tool("-e", "out.zip", "again")
print((Path("again") / "things" / "a.txt").read_text() == (folder / "a.txt").read_text())
print(sorted(str(path) for path in Path("again").rglob("*")))
tool("-l", "missing.zip") if False else None
with zipfile.ZipFile("program.pyz", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("__main__.py", "import helper, sys\nprint(helper.greet(sys.argv[1]), __name__)\n")
    archive.writestr("helper.py", "def greet(name):\n    return f'hello {name} from {__name__}'\n")
    archive.comment = b"a comment"
print(subprocess.run([sys.executable, "program.pyz", "you"], capture_output=True, text=True).stdout)
with zipfile.ZipFile("program.pyz") as archive:
    for info in archive.infolist():
        print(info.filename, info.file_size, info.compress_size, hex(info.CRC), info.compress_type)
    print(archive.comment, archive.testzip())
    with archive.open("helper.py") as file:
        print(file.readline(), file.read(5))
try:
    zipfile.ZipFile("things/a.txt")
except zipfile.BadZipFile as error:
    print(error)
