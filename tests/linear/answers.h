/* An item of a reply, as a history keeps it. */
#pragma once

#include "linear/history.h"

/* Fills op->answer from the bytes that answered it. Ends the program where they lack what such an
 * answer has. */
void lin_read_answer(lin_op *op, const uint8_t *item, size_t size);
