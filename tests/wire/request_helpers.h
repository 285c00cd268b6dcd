/* Requests taken from bytes and from text, for this room's tests. */
#pragma once

#include "wire/request.h"

/* An id that reads. */
#define QUOTE_ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"

/* Opens, takes and closes a message of one request. */
bool decode_in_place(const uint8_t *bytes, size_t size, rl_request *out, rl_fault *fault);
/* The same from a copy of exactly the bytes' size, so that a read beyond them is seen by the
 * address sanitizer. What *out points to is gone afterwards: only its own fields are good. */
bool decode_request(const void *bytes, size_t size, rl_request *out, rl_fault *fault);

/* Both take pack_text's form and fail the test if it went otherwise. */
void expect_refused(const char *text, rl_refusal refusal, const char *path);
rl_request expect_taken(const char *text);
