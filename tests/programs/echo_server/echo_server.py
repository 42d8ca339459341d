"""echo_server.py - an asyncio echo server on a free local port, and 1,000 clients in batches."""
import asyncio

CLIENTS, BATCH = 1000, 100


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def client(port, number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    total = 0
    for turn in range(3):
        writer.write(f"hello {number} {turn}\n".encode())
        answer = await reader.readline()
        assert answer == f"HELLO {number} {turn}\n".encode(), answer
        total += len(answer)
    writer.close()
    await writer.wait_closed()
    return total


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    total = 0
    async with server:
        for start in range(0, CLIENTS, BATCH):
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(client(port, number)) for number in range(start, start + BATCH)]
            total += sum(task.result() for task in tasks)
    print(CLIENTS, "clients", total, "bytes")
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
    print(got)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(10))
            group.create_task(client(1, 0))
    except* OSError as errors:
        print([type(error).__name__ for error in errors.exceptions])


asyncio.run(main())
