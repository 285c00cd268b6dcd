/* Arrays as PostgreSQL takes them in binary, in a buffer that grows: bytea[] and int8[]. */
#pragma once

#include "tables/tables.h"

typedef struct rl_array {
  uint8_t *bytes;
  size_t size;     /* bytes so far */
  size_t capacity; /* bytes */
  uint32_t count;  /* elements */
  bool failed;     /* no memory; remembered until the next init */
} rl_array;

/* Empties it; the memory stays. A first one is all zero. */
void rl_array_init_blobs(rl_array *array);
void rl_array_init_numbers(rl_array *array);
void rl_array_free(rl_array *array);
void rl_array_add_blob(rl_array *array, rl_blob blob);
void rl_array_add_number(rl_array *array, int64_t number);
/* The parameter; valid until the array is changed. */
rl_blob rl_array_end(rl_array *array);
