/* Any bytes are sealing keys that hold to their invariants, or an error with its place. */
#include "seal/keys.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_order(const rl_seal_keys *keys)
{
  RL_ASSERT(keys->count >= 1 && keys->count <= RL_SEAL_KEYS_MAX);
  for (unsigned i = 0; i < keys->count; i++) {
    RL_ASSERT(keys->keys[i].starts_utc_ms >= 0);
    RL_ASSERT(i == 0 || keys->keys[i].starts_utc_ms > keys->keys[i - 1].starts_utc_ms);
    for (unsigned k = 0; k < i; k++)
      RL_ASSERT(keys->keys[k].id != keys->keys[i].id);
  }
}

/* Written and read again they are the same, and so is what is written then. */
static void check_round_trip(const rl_seal_keys *keys)
{
  char text[RL_KEY_FILE_MAX], again[RL_KEY_FILE_MAX];
  rl_seal_keys read;
  size_t size = rl_seal_keys_format(keys, text);
  rl_status status = rl_seal_keys_parse(text, size, "", &read, NULL);
  RL_ASSERT(status == RL_OK);
  RL_ASSERT(rl_seal_keys_format(&read, again) == size && memcmp(text, again, size) == 0);
}

static void check_turns(const rl_seal_keys *keys, rl_utc now)
{
  unsigned current = 0;
  for (unsigned i = 0; i < keys->count; i++)
    current += rl_seal_key_state(keys, i, now) == RL_KEY_CURRENT;
  RL_ASSERT(current == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const rl_utc instants[] = {{0}, {1767225600000}, {INT64_MAX / 4}};
  rl_seal_keys keys = {.count = 99};
  rl_error error = {.text = ""};
  rl_status status = rl_seal_keys_parse((const char *)data, size, "fuzz", &keys, &error);
  if (status != RL_OK) {
    RL_ASSERT(keys.count == 99 && error.text[0] && strcmp(error.file, "fuzz") == 0);
    return 0;
  }
  check_order(&keys);
  check_round_trip(&keys);
  for (unsigned i = 0; i < sizeof instants / sizeof instants[0]; i++) {
    rl_seal_keys rotated = keys;
    check_turns(&keys, instants[i]);
    if (rl_seal_keys_add(&rotated, instants[i], "", NULL) == RL_OK)
      check_order(&rotated);
  }
  return 0;
}
