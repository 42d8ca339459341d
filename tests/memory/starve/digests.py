"""Digests and checksums: hashlib's own modules, zlib, binascii, random."""
import _blake2
import _md5
import _sha1
import _sha256
import _sha3
import _sha512
import binascii
import random
import zlib


def program():
    data = b"some data" * 100
    hashes = [make(data).hexdigest() for make in (_md5.md5, _sha1.sha1, _sha256.sha224, _sha256.sha256, _sha512.sha512, _sha3.sha3_256, _blake2.blake2b, _blake2.blake2s)]
    shake = _sha3.shake_128(data).hexdigest(40)
    copy = _sha256.sha256(b"a").copy()
    copy.update(b"b")
    packed = zlib.compress(data)
    stream = zlib.decompressobj()
    parts = stream.decompress(packed[:10]), stream.decompress(packed[10:], 50), stream.flush()
    generator = random.Random(5)
    return (hashes, shake, copy.digest(), zlib.decompress(packed) == data, sum(map(len, parts)), zlib.crc32(data), binascii.b2a_base64(data[:30]),
            binascii.unhexlify(b"00ff"), generator.random(), generator.sample(range(100), 5), generator.getrandbits(200), generator.choices("ab", k=4))
