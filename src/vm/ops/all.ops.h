/* all.ops.h - every engine instruction, in the order of their numbers. Included several times: no guard.
 *
 * OP(name, effect, continuation, "picture")               the 1:1 form of the bytecode of that name, and a few of our own
 * SPECIAL(name, base, effect, continuation, "picture")    a faster form that stands in for base
 * A body follows its row when OP_BODIES is 1. */
#include "vm/ops/data.ops.h"
#include "vm/ops/arith.ops.h"
#include "vm/ops/names.ops.h"
#include "vm/ops/attr.ops.h"
#include "vm/ops/subscr.ops.h"
#include "vm/ops/build.ops.h"
#include "vm/ops/jump.ops.h"
#include "vm/ops/iter.ops.h"
#include "vm/ops/call.ops.h"
#include "vm/ops/exc.ops.h"
#include "vm/ops/match.ops.h"
#include "vm/ops/fused.ops.h"
