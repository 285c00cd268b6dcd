/* Reading the engine's answers into the client's structs.
 *
 * Total: any bytes give a struct or "not an answer", and then the struct is untouched. Keys that
 * this version does not know are passed over, so that a newer engine is understood. Pure. */
#pragma once

#include "client/ratelock.h"

#include <stdbool.h>

bool rl_answer_quote(const void *bytes, size_t size, rl_client_quote *out);
bool rl_answer_receipt(const void *bytes, size_t size, rl_client_receipt *out);
