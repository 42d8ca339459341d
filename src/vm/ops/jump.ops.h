/* jump.ops.h - jumps. d is the distance in instructions; a backward one wraps. */
OP(JUMP_FORWARD, PURE, CONT_NONE, "jump d")
#if OP_BODIES
{
    JUMP();
}
#endif

OP(JUMP_BACKWARD, FOREIGN, CONT_NONE, "jump d, poll")
#if OP_BODIES
{
    POLL(pc->a);
    JUMP();
}
#endif

OP(JUMP_BACKWARD_NO_INTERRUPT, PURE, CONT_NONE, "jump d")
#if OP_BODIES
{
    JUMP();
}
#endif

OP(POP_JUMP_FORWARD_IF_FALSE, FOREIGN, CONT_TRUTH, "jump d if a is false")
#if OP_BODIES
{
    POP_JUMP(0, 0);
}
#endif

OP(POP_JUMP_FORWARD_IF_TRUE, FOREIGN, CONT_TRUTH, "jump d if a is true")
#if OP_BODIES
{
    POP_JUMP(1, 0);
}
#endif

OP(POP_JUMP_BACKWARD_IF_FALSE, FOREIGN, CONT_TRUTH, "jump d if a is false, poll")
#if OP_BODIES
{
    POP_JUMP(0, 1);
}
#endif

OP(POP_JUMP_BACKWARD_IF_TRUE, FOREIGN, CONT_TRUTH, "jump d if a is true, poll")
#if OP_BODIES
{
    POP_JUMP(1, 1);
}
#endif

OP(POP_JUMP_FORWARD_IF_NOT_NONE, FOREIGN, CONT_NONE, "jump d if a is not None")
#if OP_BODIES
{
    POP_JUMP_NONE(0, 0);
}
#endif

OP(POP_JUMP_FORWARD_IF_NONE, FOREIGN, CONT_NONE, "jump d if a is None")
#if OP_BODIES
{
    POP_JUMP_NONE(1, 0);
}
#endif

OP(POP_JUMP_BACKWARD_IF_NOT_NONE, FOREIGN, CONT_NONE, "jump d if a is not None, poll")
#if OP_BODIES
{
    POP_JUMP_NONE(0, 1);
}
#endif

OP(POP_JUMP_BACKWARD_IF_NONE, FOREIGN, CONT_NONE, "jump d if a is None, poll")
#if OP_BODIES
{
    POP_JUMP_NONE(1, 1);
}
#endif

OP(JUMP_IF_FALSE_OR_POP, FOREIGN, CONT_TRUTH, "jump d if a is false, else release it")
#if OP_BODIES
{
    JUMP_OR_POP(0);
}
#endif

OP(JUMP_IF_TRUE_OR_POP, FOREIGN, CONT_TRUTH, "jump d if a is true, else release it")
#if OP_BODIES
{
    JUMP_OR_POP(1);
}
#endif
