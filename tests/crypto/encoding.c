#include "crypto/crypto.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define LONGEST 100

static void expect_base64(const char *bytes, size_t size, const char *expected)
{
  char text[64];
  rl_base64_encode(bytes, size, text, sizeof text);
  cr_expect_str_eq(text, expected);
  cr_expect_eq(strlen(text) + 1, RL_BASE64_SIZE(size));
}

/* RFC 4648 section 10, without its padding. */
Test(base64, vectors_of_the_rfc)
{
  expect_base64("", 0, "");
  expect_base64("f", 1, "Zg");
  expect_base64("fo", 2, "Zm8");
  expect_base64("foo", 3, "Zm9v");
  expect_base64("foob", 4, "Zm9vYg");
  expect_base64("fooba", 5, "Zm9vYmE");
  expect_base64("foobar", 6, "Zm9vYmFy");
}

Test(base64, alphabet_is_safe_in_a_url)
{
  expect_base64("\xfb\xff\xbf", 3, "-_-_");
}

Test(base64, every_length_comes_back)
{
  rl_random random = rl_random_from(rl_test_seed("base64"));
  for (size_t size = 0; size <= LONGEST; size++) {
    uint8_t bytes[LONGEST], back[LONGEST];
    char text[RL_BASE64_SIZE(LONGEST)];
    size_t length = 0;
    for (size_t i = 0; i < size; i++)
      bytes[i] = (uint8_t)rl_random_next(&random);
    rl_base64_encode(bytes, size, text, RL_BASE64_SIZE(size));
    cr_assert_eq(rl_base64_decode(text, strlen(text), back, size, &length), RL_OK);
    cr_assert(length == size && memcmp(bytes, back, size) == 0, "%zu bytes", size);
  }
}

static void expect_not_base64(const char *text, size_t room)
{
  uint8_t bytes[64];
  size_t length = 7;
  cr_expect_eq(rl_base64_decode(text, strlen(text), bytes, room, &length), RL_INVALID, "'%s'",
               text);
  cr_expect_eq(length, 7, "a refused text leaves the length alone");
}

Test(base64, other_forms_are_refused)
{
  static const char *const texts[] = {"Z", "Zm9vY", "Zg==", "Zg=", "Zm 8", "Zm8\n", "Zm+v", "Zm/v",
                                      "Zm9v.", "\xc3\xa4Zg"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    expect_not_base64(texts[i], 64);
}

/* Two texts for the same bytes would be two tokens for the same quote. */
Test(base64, bits_that_stand_for_nothing_must_be_zero)
{
  expect_not_base64("Zh", 64);
  expect_not_base64("Zm9", 64);
  expect_not_base64("Zm9vYmF", 64);
}

Test(base64, more_bytes_than_there_is_room_for_are_refused)
{
  uint8_t bytes[3];
  size_t length;
  cr_assert_eq(rl_base64_decode("Zm9v", 4, bytes, 3, &length), RL_OK);
  expect_not_base64("Zm9v", 2);
  expect_not_base64("Zg", 0);
}

Test(base64, too_little_room_for_the_text_is_a_bug, .signal = SIGABRT)
{
  char text[4];
  rl_base64_encode("foo", 3, text, sizeof text);
}

Test(hex, bytes_are_written_in_lower_case_and_read_in_either)
{
  char text[9];
  uint8_t bytes[4], expected[4] = {0x00, 0x7f, 0xab, 0xff};
  rl_hex_encode(expected, sizeof expected, text, sizeof text);
  cr_expect_str_eq(text, "007fabff");
  cr_assert_eq(rl_hex_decode("007FabfF", 8, bytes, sizeof bytes), RL_OK);
  cr_expect_arr_eq(bytes, expected, sizeof expected);
  cr_assert_eq(rl_hex_decode("", 0, bytes, 0), RL_OK);
}

Test(hex, digits_must_fill_the_room_exactly)
{
  uint8_t bytes[4];
  static const char *const texts[] = {"", "007fabf", "007fab", "007fabff0", "007fabff00",
                                      "007fabfg", "007f:bff", "007fab f"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    cr_expect_eq(rl_hex_decode(texts[i], strlen(texts[i]), bytes, sizeof bytes), RL_INVALID, "%s",
                 texts[i]);
}

Test(hex, too_little_room_for_the_text_is_a_bug, .signal = SIGABRT)
{
  char text[8];
  rl_hex_encode("abcd", 4, text, sizeof text);
}
