#include "quote/quote.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_quote_id random_id(rl_random *random)
{
  rl_quote_id id;
  for (size_t i = 0; i < sizeof id.bytes; i++)
    id.bytes[i] = (uint8_t)rl_random_next(random);
  return id;
}

Test(quote_id, text_is_that_of_a_published_ulid)
{
  /* 01ARZ3NDEKTSV4RRFFQ69G5FAV is the example of the ULID specification. */
  static const rl_quote_id id = {{0x01, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76, 0x4c, 0x61, 0xef,
                                  0xb9, 0x93, 0x02, 0xbd, 0x5b}};
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(id, text);
  cr_expect_str_eq(text, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  cr_expect_eq(rl_quote_id_time(id).ms, 1469922850259);
}

Test(quote_id, reading_gives_back_what_was_written_in_either_case)
{
  rl_random random = rl_random_from(rl_test_seed("quote id"));
  for (int i = 0; i < 2000; i++) {
    rl_quote_id id = random_id(&random), back;
    char text[RL_QUOTE_ID_TEXT_SIZE];
    rl_quote_id_format(id, text);
    cr_assert_eq(rl_quote_id_parse(text, 26, &back), RL_OK);
    cr_assert(rl_quote_id_equal(id, back));
    for (char *c = text; *c; c++)
      *c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
    cr_assert_eq(rl_quote_id_parse(text, 26, &back), RL_OK);
    cr_assert(rl_quote_id_equal(id, back));
  }
}

Test(quote_id, another_form_is_invalid_and_leaves_the_output)
{
  static const struct {
    const char *text;
    size_t length;
  } forms[] = {
    {"01ARZ3NDEKTSV4RRFFQ69G5FA", 25},  {"01ARZ3NDEKTSV4RRFFQ69G5FAVV", 27},
    {"81ARZ3NDEKTSV4RRFFQ69G5FAV", 26}, {"01ARZ3NDEKTSV4RRFFQ69G5FAI", 26},
    {"01ARZ3NDEKTSV4RRFFQ69G5FAL", 26}, {"01ARZ3NDEKTSV4RRFFQ69G5FAO", 26},
    {"01ARZ3NDEKTSV4RRFFQ69G5FAU", 26}, {"01ARZ3NDEKTSV4RRFFQ69G5FA-", 26},
    {"01ARZ3NDEKTSV4RRFFQ69G5FA\0", 26}, {"", 0},
  };
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    rl_quote_id id = {{7}};
    cr_expect_eq(rl_quote_id_parse(forms[i].text, forms[i].length, &id), RL_INVALID, "%s",
                 forms[i].text);
    cr_expect_eq(id.bytes[0], 7);
  }
  rl_quote_id last;
  cr_expect_eq(rl_quote_id_parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 26, &last), RL_OK);
}

Test(quote_id, ids_sort_by_the_instant_of_issue_and_so_do_their_texts)
{
  rl_random random = rl_random_from(rl_test_seed("quote id order"));
  for (int i = 0; i < 2000; i++) {
    rl_utc early = {(int64_t)rl_random_magnitude(&random, (1ull << 48) - 2)};
    rl_utc late = {early.ms + 1};
    rl_quote_id left = random_id(&random), right = random_id(&random);
    left = rl_quote_id_make(early, left.bytes);
    right = rl_quote_id_make(late, right.bytes);
    cr_assert_eq(rl_quote_id_time(left).ms, early.ms);
    cr_assert_lt(rl_quote_id_compare(left, right), 0);
    cr_assert_gt(rl_quote_id_compare(right, left), 0);
    char left_text[RL_QUOTE_ID_TEXT_SIZE], right_text[RL_QUOTE_ID_TEXT_SIZE];
    rl_quote_id_format(left, left_text);
    rl_quote_id_format(right, right_text);
    cr_assert_lt(strcmp(left_text, right_text), 0);
  }
}

Test(quote_id, first_and_last_instant_fit)
{
  static const uint8_t random[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  cr_expect_eq(rl_quote_id_time(rl_quote_id_make((rl_utc){0}, random)).ms, 0);
  int64_t last = (1ll << 48) - 1;
  rl_quote_id id = rl_quote_id_make((rl_utc){last}, random);
  cr_expect_eq(rl_quote_id_time(id).ms, last);
  cr_expect_eq(memcmp(id.bytes + 6, random, sizeof random), 0);
}

Test(quote_id, first_of_an_instant_stands_between_it_and_the_one_before)
{
  static const uint8_t zeros[10], ones[10] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  rl_utc at = {1767225600000};
  rl_quote_id first = rl_quote_id_first_at(at.ms);
  cr_expect(rl_quote_id_equal(first, rl_quote_id_make(at, zeros)));
  cr_expect_gt(rl_quote_id_compare(first, rl_quote_id_make((rl_utc){at.ms - 1}, ones)), 0);
  rl_quote_id least = rl_quote_id_make((rl_utc){0}, zeros);
  cr_expect(rl_quote_id_equal(rl_quote_id_first_at(-1), least));
  cr_expect(rl_quote_id_equal(rl_quote_id_first_at(INT64_MIN), least));
}
