"""richards.py - an operating system's heart: tasks with priorities pass packets through queues under a scheduler."""


class Packet:
    def __init__(self, sender, kind):
        self.sender, self.kind = sender, kind
        self.number = 0
        self.data = [0] * 4


class Task:
    """Runs while it is neither held nor waiting for a packet."""

    def __init__(self, system, name, priority):
        self.system, self.name, self.priority = system, name, priority
        self.inbox = []
        self.held = False
        self.waiting = False
        system.add(self)

    def ready(self):
        return not self.held and (not self.waiting or self.inbox)

    def receive(self, packet):
        self.inbox.append(packet)
        self.waiting = False

    def take(self):
        return self.inbox.pop(0) if self.inbox else None

    def run(self):
        raise NotImplementedError


class Idle(Task):
    def __init__(self, system, count):
        super().__init__(system, "idle", 0)
        self.count, self.control = count, 1

    def run(self):
        self.count -= 1
        if self.count <= 0:
            self.held = True
            return
        if self.control & 1:
            self.control = self.control >> 1 ^ 0xD008
            self.system.release("device b")
        else:
            self.control >>= 1
            self.system.release("device a")


class Worker(Task):
    def __init__(self, system):
        super().__init__(system, "worker", 1000)
        self.turn, self.letter = 0, 0

    def run(self):
        packet = self.take()
        if packet is None:
            self.waiting = True
            return
        self.turn ^= 1
        packet.sender = self.name
        for k in range(4):
            self.letter = self.letter % 26 + 1
            packet.data[k] = 64 + self.letter
        self.system.send("handler b" if self.turn else "handler a", packet)


class Handler(Task):
    def __init__(self, system, name, priority, device):
        super().__init__(system, name, priority)
        self.device, self.work, self.parcels = device, [], []

    def run(self):
        packet = self.take()
        if packet is not None:
            (self.work if packet.kind == "work" else self.parcels).append(packet)
        if not self.work:
            self.waiting = True
            return
        job = self.work[0]
        if job.number >= 4:
            self.work.pop(0)
            job.number = 0
            self.system.send("worker", job)
        elif self.parcels:
            parcel = self.parcels.pop(0)
            parcel.number = job.data[job.number]
            parcel.sender = self.name
            job.number += 1
            self.system.send(self.device, parcel)
        else:
            self.waiting = True


class Device(Task):
    def __init__(self, system, name, priority):
        super().__init__(system, name, priority)
        self.pending = None

    def run(self):
        packet = self.take()
        if packet is None:
            if self.pending is None:
                self.waiting = True
                return
            packet, self.pending = self.pending, None
            self.system.send(packet.sender, packet)
        else:
            self.pending = packet
            self.system.seen += packet.number
            self.system.holds += 1
            self.held = True


class System:
    def __init__(self):
        self.tasks, self.by_name = [], {}
        self.sent = self.holds = self.seen = self.runs = 0

    def add(self, task):
        self.tasks.append(task)
        self.tasks.sort(key=lambda each: -each.priority)
        self.by_name[task.name] = task

    def send(self, name, packet):
        self.sent += 1
        self.by_name[name].receive(packet)

    def release(self, name):
        task = self.by_name[name]
        task.held = False
        task.waiting = task.pending is None and not task.inbox

    def schedule(self):
        while True:
            for task in self.tasks:
                if task.ready():
                    self.runs += 1
                    task.run()
                    break
            else:
                return


def main(n):
    system = System()
    Idle(system, n)
    worker = Worker(system)
    for _ in range(2):
        worker.receive(Packet("worker", "work"))
    for letter, priority in (("a", 2000), ("b", 3000)):
        handler = Handler(system, f"handler {letter}", priority, f"device {letter}")
        for _ in range(3):
            handler.receive(Packet(handler.name, "parcel"))
        Device(system, f"device {letter}", priority + 2000)
    system.schedule()
    print(system.runs, system.sent, system.holds, system.seen)


if __name__ == "__main__":
    main(260_000)
