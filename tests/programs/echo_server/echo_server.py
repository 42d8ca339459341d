"""echo_server.py - an asyncio echo server on a free local port, and 1,000 clients: all connected at once, then in batches."""
import asyncio
import collections
import resource

CLIENTS, BATCH, TURNS = 1000, 100, 3


class Server:
    """Counts whom it serves, so that the number of clients is not only what they say themselves."""

    def __init__(self):
        self.accepted = self.lines = self.now = self.most = 0
        self.peers = set()

    async def serve(self, reader, writer):
        self.accepted += 1
        self.now += 1
        self.most = max(self.most, self.now)
        self.peers.add(writer.get_extra_info("peername"))
        try:
            while line := await reader.readline():
                self.lines += 1
                writer.write(line.upper())
                await writer.drain()
        finally:
            self.now -= 1
            writer.close()
            await writer.wait_closed()


async def client(port, number, gate=None):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    total = 0
    for turn in range(TURNS):
        writer.write(f"hello {number} {turn}\n".encode())
        answer = await reader.readline()
        assert answer == f"HELLO {number} {turn}\n".encode(), answer
        total += len(answer)
        if gate and turn == 0:
            await gate.wait()
    writer.close()
    await writer.wait_closed()
    return total


async def run_clients(server, port, at_once):
    total = 0
    for start in range(0, CLIENTS, at_once):
        gate = asyncio.Barrier(at_once)  # opened when every client of the batch has had its first answer
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(client(port, number, gate)) for number in range(start, start + at_once)]
        total += sum(task.result() for task in tasks)
    while server.now:
        await asyncio.sleep(0.001)
    print(CLIENTS, "clients,", at_once, "at once:", total, "bytes; the server accepted", server.accepted, "and answered",
          server.lines, "lines;", "most at a time:", server.most)
    assert server.accepted == CLIENTS and server.lines == CLIENTS * TURNS and server.most == at_once


async def echo(at_once):
    counter = Server()
    server = await asyncio.start_server(counter.serve, "127.0.0.1", 0, backlog=at_once)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await run_clients(counter, port, at_once)
    return len(counter.peers)


async def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CLIENTS + 100
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    assert await echo(CLIENTS) == CLIENTS  # as many ports as clients
    await echo(BATCH)
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError as error:
        print(type(error).__name__)
    queue = asyncio.Queue(2)

    async def produce():
        for number in range(5):
            await queue.put(number)
        await queue.put(None)

    task = asyncio.create_task(produce())
    got = []
    while (item := await queue.get()) is not None:
        got.append(item)
    await task
    print(got, collections.Counter(type(item).__name__ for item in got))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(10))
            group.create_task(client(1, 0))
    except* OSError as errors:
        print([type(error).__name__ for error in errors.exceptions])


asyncio.run(main())
