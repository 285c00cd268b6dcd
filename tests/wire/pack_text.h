/* Messages written as text, so that a test can be read: JSON with single quotes, and
 *   nil            nothing
 *   b'00ff'        binary
 *   x'd3 0000…'    bytes as they are: one value in an encoding that is not the shortest
 *   1.5            a 64-bit float
 * Everything else is written by msgpack-c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PACK_TEXT_MAX 4096

typedef struct packed {
  size_t size; /* bytes */
  uint8_t bytes[PACK_TEXT_MAX];
} packed;

/* Fails the test on text that is not of the form. */
packed pack_text(const char *text);
