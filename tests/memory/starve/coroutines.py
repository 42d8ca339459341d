"""Coroutines and asynchronous generators, driven by a small loop of their own."""


class Sleep:
    def __init__(self, n):
        self.n = n

    def __await__(self):
        for i in range(self.n):
            yield i
        return self.n


class Manager:
    async def __aenter__(self):
        return await Sleep(1)

    async def __aexit__(self, *info):
        await Sleep(1)


def run(coroutine):
    steps = 0
    try:
        while True:
            coroutine.send(None)
            steps += 1
    except StopIteration as stop:
        return steps, stop.value


def program():
    async def numbers(n):
        try:
            for i in range(n):
                await Sleep(1)
                yield i
        finally:
            log.append("numbers closed")

    async def main():
        async with Manager() as m:
            total = [x async for x in numbers(4) if x]
        walk = numbers(3)
        first = await anext(walk)
        await walk.aclose()
        return m, total, first, await Sleep(2), {k: v async for k, v in pairs()}

    async def pairs():
        yield 1, 2
        yield 3, 4

    log = []
    return run(main()), log
