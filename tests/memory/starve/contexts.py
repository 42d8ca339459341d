"""with statements, contextlib, context variables."""
import contextlib
import contextvars
import io


def program():
    log = []

    @contextlib.contextmanager
    def manager(name, swallow=False):
        log.append("enter " + name)
        try:
            yield name
        except KeyError:
            log.append("error in " + name)
            if not swallow:
                raise
        finally:
            log.append("exit " + name)

    with manager("a") as a, manager("b"):
        log.append(a)
    with contextlib.suppress(KeyError), manager("c"):
        raise KeyError(1)
    with contextlib.ExitStack() as stack:
        names = [stack.enter_context(manager(n)) for n in "xyz"]
        stack.callback(log.append, "callback")
    output = io.StringIO()
    with contextlib.redirect_stdout(output), manager("d", swallow=True):
        print("printed")
        raise KeyError(2)
    variable = contextvars.ContextVar("variable", default=0)
    context = contextvars.copy_context()
    context.run(variable.set, 5)
    token = variable.set(7)
    variable.reset(token)
    return log, names, output.getvalue(), context[variable], variable.get()
