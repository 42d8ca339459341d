"""struct, array, bytes, bytearray, memoryview."""
import array
import struct


def program():
    packer = struct.Struct(">hIq4sd?")
    data = packer.pack(-5, 7, 2 ** 40, b"abc", 0.5, True)
    rows = array.array("i", range(30))
    rows.extend([5, 6])
    rows.insert(0, -1)
    buffer = bytearray(b"hello world" * 3)
    buffer[2:5] = b"LLLLL"
    buffer.extend(data)
    del buffer[::7]
    view = memoryview(buffer)[3:20]
    cast = memoryview(rows).cast("B")
    return (packer.unpack(data), struct.unpack_from("<3H", data, 2), list(struct.iter_unpack("2B", b"abcdef")), rows.tolist(), bytes(buffer),
            view.tobytes(), view[::2].tolist(), len(cast), b"a-b-c".split(b"-"), data.hex(":"), bytes.fromhex("00 ff"), rows.tobytes()[:8],
            b"abc".replace(b"b", b"xyz"), b"%d:%s" % (5, b"x"), repr(buffer[:5]), b",".join([b"x", bytearray(b"y")]))
