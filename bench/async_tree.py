"""async_tree.py - a tree of coroutines run by asyncio: tasks, gather, short sleeps, cached results."""
import asyncio
import random


class Tree:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.visits = self.sleeps = self.cached = 0
        self.cache = {}

    async def leaf(self):
        key = self.chance.randrange(40)
        if key in self.cache:
            self.cached += 1
            return self.cache[key]
        self.sleeps += 1
        await asyncio.sleep(0)
        self.cache[key] = key * 3
        return key * 3

    async def node(self, depth):
        self.visits += 1
        if depth == 0:
            return await self.leaf()
        return sum(await asyncio.gather(*[self.node(depth - 1) for _ in range(5)]))


def main(n):
    tree = Tree(3)
    total = asyncio.run(tree.node(n))
    print(tree.visits, tree.sleeps + tree.cached, total > 0)


if __name__ == "__main__":
    main(6)
