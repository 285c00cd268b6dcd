/* msgpack-c as the judge of what the wire room reads and writes. Only tests name it. */
#pragma once

#include "wire/msgpack.h"

#include <msgpack.h>

/* Takes one value from the unpacker and compares it with the object, nested ones included. */
bool oracle_agrees(rl_unpacker *unpacker, const msgpack_object *object);

/* Reads one value that fills the bytes to the end; false if msgpack-c finds none. Call it only
 * on bytes whose lengths are known to hold: it allocates what they claim. */
bool oracle_read(const void *bytes, size_t size, msgpack_unpacked *out);

/* The value of a text key in a map; fails the test when it is not there exactly once. */
const msgpack_object *oracle_get(const msgpack_object *map, const char *key);
/* True when the map has the key. */
bool oracle_has(const msgpack_object *map, const char *key);
bool oracle_is_text(const msgpack_object *object, const char *text);
bool oracle_is_number(const msgpack_object *object, int64_t number);
