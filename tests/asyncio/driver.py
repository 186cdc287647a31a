"""Runs scenarios on Python's own asyncio queues and prints what happened.

Reads scenarios from standard input: `scenario NAME`, then one operation a line (main.rs has the list).
Prints the version of Python first, then the trace of each scenario.
"""

import asyncio
import collections
import sys


class ByAge(collections.deque):
    """The waiters of a queue, in the order in which their waits began.

    The one stated difference: asyncio sends a waiter that was woken in vain to the end. Each operation
    of a scenario is a task of its own, so the task tells for how long it has waited.
    """

    def __init__(self):
        super().__init__()
        self.ages = {}

    def append(self, waiter):
        age = self.ages.setdefault(asyncio.current_task(), len(self.ages))
        waiter.age = age
        self.insert(sum(other.age < age for other in self), waiter)


QUEUES = {"fifo": asyncio.Queue, "lifo": asyncio.LifoQueue, "priority": asyncio.PriorityQueue}
SHUTDOWN = getattr(asyncio, "QueueShutDown", ())


async def settle():
    # Everything that is ready runs within one turn of the loop, and makes others ready for the next.
    for _ in range(50):
        await asyncio.sleep(0)


class Machine:
    def __init__(self, kind, maxsize):
        self.queue = QUEUES[kind](maxsize)
        self.queue._getters = ByAge()
        self.queue._putters = ByAge()
        self.in_hand = 0
        self.tasks = {}

    def attempt(self, operation):
        try:
            return operation()
        except asyncio.QueueFull:
            return "full"
        except asyncio.QueueEmpty:
            return "empty"
        except SHUTDOWN:
            return "shut down"

    def try_put(self, item):
        self.queue.put_nowait(item)
        return "ok"

    def try_get(self):
        item = self.queue.get_nowait()
        self.in_hand += 1
        return str(item)

    def done(self):
        if self.in_hand == 0:
            return "nothing in hand"
        self.in_hand -= 1
        self.queue.task_done()
        return "ok"

    async def put(self, item):
        await self.queue.put(item)
        return "ok"

    async def get(self):
        item = await self.queue.get()
        self.in_hand += 1
        return str(item)

    async def join(self):
        await self.queue.join()
        return "ok"

    def start(self, name, coroutine):
        self.tasks[name] = asyncio.create_task(coroutine)
        return "started"

    def cancel(self, name):
        if name in self.tasks:
            self.tasks[name].cancel()
        return "cancelled"

    async def settle(self):
        await settle()
        ended = []
        for name in sorted(self.tasks):
            task = self.tasks[name]
            if not task.done():
                continue
            del self.tasks[name]
            outcome = "cancelled" if task.cancelled() else self.attempt(task.result)
            ended.append(f"{name}: {outcome}")
        return ", ".join(ended)

    def shutdown(self, immediate):
        self.queue.shutdown(immediate)
        return "ok"

    async def run(self, line):
        match line.split():
            case ["put", name, item]:
                return self.start(name, self.put(int(item)))
            case ["get", name]:
                return self.start(name, self.get())
            case ["join", name]:
                return self.start(name, self.join())
            case ["cancel", name]:
                return self.cancel(name)
            case ["try_put", item]:
                return self.attempt(lambda: self.try_put(int(item)))
            case ["try_get"]:
                return self.attempt(self.try_get)
            case ["done"]:
                return self.done()
            case ["settle"]:
                return await self.settle()
            case ["shutdown", how]:
                return self.shutdown({"graceful": False, "immediate": True}[how])
        raise ValueError(line)

    async def end(self):
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    def state(self):
        queue = self.queue
        flags = f"{'empty ' if queue.empty() else ''}{'full ' if queue.full() else ''}"
        return f"size {queue.qsize()} {flags}unfinished {queue._unfinished_tasks}"


async def main():
    print(f"python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")
    machine = None
    for line in sys.stdin.read().splitlines():
        match line.split():
            case ["scenario", _]:
                if machine:
                    await machine.end()
                print(line)
            case ["queue", kind, maxsize]:
                machine = Machine(kind, int(maxsize))
                print(f"{line} | {machine.state()}")
            case _:
                outcome = await machine.run(line)
                print(f"{line} -> {outcome} | {machine.state()}")


asyncio.run(main())
