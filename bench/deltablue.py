"""deltablue.py - one-way constraints with strengths, kept satisfied as constraints come and go: class hierarchies."""
REQUIRED, STRONG, MEDIUM, WEAK, NONE = range(5)


class Variable:
    def __init__(self, name, value=0):
        self.name, self.value = name, value
        self.constraints = []
        self.decided_by = None
        self.strength = NONE
        self.mark = 0


class Constraint:
    def __init__(self, strength):
        self.strength = strength
        self.output = None

    def variables(self):
        raise NotImplementedError

    def choose(self, mark):
        """Takes the weakest variable that is weaker than this and not fixed in this round."""
        best = None
        for variable in self.targets():
            if variable.mark != mark and variable.strength > self.strength:
                if best is None or variable.strength > best.strength:
                    best = variable
        self.output = best
        return best

    def targets(self):
        return self.variables()

    def inputs(self):
        return [variable for variable in self.variables() if variable is not self.output]

    def is_known(self, mark):
        return all(v.mark == mark or v.decided_by is None for v in self.inputs())


class Stay(Constraint):
    def __init__(self, variable, strength):
        super().__init__(strength)
        self.variable = variable

    def variables(self):
        return (self.variable,)

    def execute(self):
        pass


class Edit(Stay):
    def __init__(self, variable, strength):
        super().__init__(variable, strength)
        self.wanted = variable.value

    def execute(self):
        self.output.value = self.wanted


class Equal(Constraint):
    def __init__(self, one, two, strength):
        super().__init__(strength)
        self.one, self.two = one, two

    def variables(self):
        return self.one, self.two

    def execute(self):
        self.output.value = (self.two if self.output is self.one else self.one).value


class Scale(Equal):
    def __init__(self, one, factor, offset, two, strength):
        super().__init__(one, two, strength)
        self.factor, self.offset = factor, offset

    def execute(self):
        if self.output is self.two:
            self.two.value = self.one.value * self.factor + self.offset
        else:
            self.one.value = (self.two.value - self.offset) // self.factor


class Planner:
    def __init__(self):
        self.mark = 0

    def add(self, constraint):
        for variable in constraint.variables():
            variable.constraints.append(constraint)
        self.mark += 1
        overridden = self.satisfy(constraint)
        while overridden is not None:
            overridden = self.satisfy(overridden)

    def satisfy(self, constraint):
        target = constraint.choose(self.mark)
        if target is None:
            return None
        for variable in constraint.inputs():
            variable.mark = self.mark
        overridden = target.decided_by
        if overridden is not None:
            overridden.output = None
        target.decided_by = constraint
        self.spread(constraint)
        target.mark = self.mark
        return overridden

    def strength_of(self, constraint):
        """The strength that a decided variable passes on: the weakest link before it."""
        return max([constraint.strength] + [v.strength for v in constraint.targets() if v is not constraint.output])

    def spread(self, constraint):
        todo = [constraint]
        while todo:
            current = todo.pop()
            current.output.strength = self.strength_of(current)
            current.execute()
            for following in current.output.constraints:
                if following is not current and following.output is not None and following.output is not current.output:
                    todo.append(following)

    def remove(self, constraint):
        output = constraint.output
        for variable in constraint.variables():
            variable.constraints.remove(constraint)
        if output is None:
            return
        output.decided_by, output.strength = None, NONE
        constraint.output = None
        for other in sorted(output.constraints, key=lambda each: each.strength):
            if other.output is None:
                self.mark += 1
                self.satisfy(other)

    def plan(self, start):
        steps, todo = [], [start]
        while todo:
            current = todo.pop()
            steps.append(current)
            todo.extend(c for c in current.output.constraints
                        if c is not current and c.output is not None and c.output is not current.output)
        return steps


def chain(n):
    planner = Planner()
    variables = [Variable(f"v{k}") for k in range(n + 1)]
    for one, two in zip(variables, variables[1:]):
        planner.add(Equal(one, two, REQUIRED))
    planner.add(Stay(variables[-1], WEAK))
    edit = Edit(variables[0], STRONG)
    planner.add(edit)
    plan = planner.plan(edit)
    checksum = 0
    for value in range(40):
        edit.wanted = value
        for step in plan:
            step.execute()
        checksum += variables[-1].value
    planner.remove(edit)
    return checksum, len(plan)


def projection(n):
    planner = Planner()
    pairs = []
    for k in range(n):
        source, target = Variable(f"s{k}", k), Variable(f"t{k}", k)
        planner.add(Stay(source, MEDIUM))
        planner.add(Scale(source, 10, 1000, target, REQUIRED))
        pairs.append((source, target))
    checksum = 0
    for source, target in pairs:
        edit = Edit(source, STRONG)
        planner.add(edit)
        edit.wanted = 17
        for _ in range(10):
            for step in planner.plan(edit):
                step.execute()
        checksum += target.value
        planner.remove(edit)
    return checksum


def main(n):
    print(chain(n), projection(n))


if __name__ == "__main__":
    main(1_900)
