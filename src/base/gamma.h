/* gamma.h - the Gamma function and its logarithm. */
#ifndef KAA_BASE_GAMMA_H
#define KAA_BASE_GAMMA_H

#include "base/k.h"

/* x is finite and no pole (0, -1, -2, ...). Too large a result is an infinity. */
K_INT double gamma_of(double x);
K_INT double gamma_logarithm(double x); /* of the absolute value */

#endif
