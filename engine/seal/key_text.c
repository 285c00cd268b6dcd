/* A key file's text, '#' starting a comment:
 *
 *   ratelock-key 2 COUNT
 *   ID START SECRET CHECK          COUNT lines, by START
 *
 * ID is 0 … 255, START an instant in UTC (2026-11-22T23:42:59.000Z), SECRET 64 and CHECK 16
 * hexadecimal digits, the check being the key's fingerprint: a damaged line is found, and does not
 * become another key. The count finds a line that is missing. Version 1 is one line,
 * "ratelock-key 1 ID SECRET", for a key that starts with 1970; it is read and not written.
 *
 * Words of the text may be a secret in the wrong place, so no error repeats any. */
#include "seal/keys.h"

#include "status/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* At most three digits. */
static bool take_number(rl_words *words, unsigned max, unsigned *out)
{
  rl_span word;
  unsigned value = 0;
  if (!rl_words_take(words, &word) || word.length > 3)
    return false;
  for (size_t i = 0; i < word.length; i++) {
    if (word.text[i] < '0' || word.text[i] > '9')
      return false;
    value = value * 10 + (unsigned)(word.text[i] - '0');
  }
  *out = value;
  return value <= max;
}

static bool take_secret(rl_words *words, rl_seal_key *key)
{
  rl_span word;
  return rl_words_take(words, &word) &&
         rl_hex_decode(word.text, word.length, key->secret, sizeof key->secret) == RL_OK;
}

static bool take_start(rl_words *words, rl_seal_key *key)
{
  rl_span word;
  rl_utc starts;
  if (!rl_words_take(words, &word) || rl_utc_parse(word.text, word.length, &starts) != RL_OK)
    return false;
  key->starts_utc_ms = starts.ms;
  return true;
}

static bool take_check(rl_words *words, const rl_seal_key *key)
{
  rl_span word;
  char fingerprint[RL_KEY_FINGERPRINT_SIZE];
  rl_seal_key_fingerprint(key, fingerprint);
  return rl_words_take(words, &word) && rl_span_is(word, fingerprint);
}

/* False at the end of the text. */
static bool next_filled_line(rl_words *words)
{
  while (rl_words_next_line(words)) {
    if (!rl_words_at_end(words))
      return true;
  }
  return false;
}

static rl_status take_key(rl_words *words, rl_seal_keys *keys)
{
  rl_seal_key *key = &keys->keys[keys->count];
  unsigned id;
  if (!take_number(words, UINT8_MAX, &id))
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "a key's number is missing or beyond 255");
  key->id = (uint8_t)id;
  if (!take_start(words, key))
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "the start of key %u is no instant in UTC", id);
  if (!take_secret(words, key))
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "the secret of key %u is not %d hexadecimal digits",
                         id, 2 * RL_MAC_KEY_SIZE);
  if (!take_check(words, key) || !rl_words_at_end(words))
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "the check of key %u does not hold: its line is "
                         "damaged", id);
  for (unsigned i = 0; i < keys->count; i++) {
    if (keys->keys[i].id == key->id)
      return RL_WORDS_FAIL(words, RL_CORRUPT, "", "there is a key %u already", id);
  }
  if (keys->count > 0 && key->starts_utc_ms <= keys->keys[keys->count - 1].starts_utc_ms)
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "key %u does not start after the one before", id);
  keys->count++;
  return RL_OK;
}

static rl_status take_one_of_version_1(rl_words *words, rl_seal_keys *keys)
{
  unsigned id;
  if (!take_number(words, UINT8_MAX, &id) || !take_secret(words, &keys->keys[0]) ||
      !rl_words_at_end(words))
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "not a sealing key of version 1");
  keys->keys[0].id = (uint8_t)id;
  keys->count = 1;
  return RL_OK;
}

static rl_status take_all(rl_words *words, rl_seal_keys *keys)
{
  unsigned count;
  if (!take_number(words, RL_SEAL_KEYS_MAX, &count) || count == 0 || !rl_words_at_end(words))
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "the number of keys is not 1 to %d",
                         RL_SEAL_KEYS_MAX);
  while (keys->count < count) {
    if (!next_filled_line(words))
      return RL_WORDS_FAIL(words, RL_CORRUPT, "", "%u keys of %u are missing",
                           count - keys->count, count);
    rl_status status = take_key(words, keys);
    if (status != RL_OK)
      return status;
  }
  return RL_OK;
}

static rl_status take_file(rl_words *words, rl_seal_keys *keys)
{
  rl_span name;
  unsigned version;
  if (!next_filled_line(words) || !rl_words_take(words, &name) ||
      !rl_span_is(name, "ratelock-key") || !take_number(words, 999, &version) || version == 0)
    return RL_WORDS_FAIL(words, RL_CORRUPT, "", "not a sealing key file");
  if (version > 2)
    return RL_WORDS_FAIL(words, RL_FOREIGN, "", "a sealing key file of version %u: this program "
                         "reads versions 1 and 2", version);
  rl_status status = version == 1 ? take_one_of_version_1(words, keys) : take_all(words, keys);
  if (status == RL_OK && next_filled_line(words))
    status = RL_WORDS_FAIL(words, RL_CORRUPT, "", "more lines than keys were announced");
  return status;
}

rl_status rl_seal_keys_parse(const char *text, size_t length, const char *file, rl_seal_keys *out,
                             rl_error *error)
{
  rl_seal_keys keys = {0};
  rl_words words = rl_words_over(text, length, file, error);
  rl_status status = take_file(&words, &keys);
  if (status == RL_OK)
    *out = keys;
  rl_wipe(&keys, sizeof keys);
  return status;
}

/* The secret goes where it belongs at once: what snprintf copies it may leave behind. */
static size_t format_key(const rl_seal_key *key, char *out, size_t room)
{
  char starts[RL_UTC_TEXT_SIZE], check[RL_KEY_FINGERPRINT_SIZE];
  rl_utc_format((rl_utc){key->starts_utc_ms}, starts);
  rl_seal_key_fingerprint(key, check);
  size_t used = (size_t)snprintf(out, room, "%u %s ", key->id, starts);
  RL_ASSERT(used + 2 * RL_MAC_KEY_SIZE + 1 < room);
  rl_hex_encode(key->secret, sizeof key->secret, out + used, room - used);
  used += 2 * RL_MAC_KEY_SIZE;
  return used + (size_t)snprintf(out + used, room - used, " %s\n", check);
}

size_t rl_seal_keys_format(const rl_seal_keys *keys, char out[RL_KEY_FILE_MAX])
{
  size_t used = (size_t)snprintf(out, RL_KEY_FILE_MAX, "ratelock-key 2 %u\n", keys->count);
  for (unsigned i = 0; i < keys->count; i++) {
    used += format_key(&keys->keys[i], out + used, RL_KEY_FILE_MAX - used);
    RL_ASSERT(used < RL_KEY_FILE_MAX);
  }
  return used;
}
