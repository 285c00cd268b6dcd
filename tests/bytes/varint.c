#include "bytes/bytes.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <string.h>

static size_t put(uint64_t value, uint8_t out[RL_VARINT_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_VARINT_MAX);
  rl_put_varint(&writer, value);
  cr_assert_not(writer.failed);
  return writer.used;
}

static bool readable(const uint8_t *bytes, size_t size)
{
  rl_reader reader = rl_reader_over(bytes, size);
  (void)rl_get_varint(&reader);
  return rl_reader_done(&reader);
}

Test(varint, numbers_take_one_byte_for_each_seven_bits)
{
  uint8_t bytes[RL_VARINT_MAX];
  for (unsigned bits = 1; bits <= 64; bits++) {
    uint64_t most = UINT64_MAX >> (64 - bits);
    cr_expect_eq(put(most, bytes), (bits + 6) / 7, "%u bits", bits);
    rl_reader reader = rl_reader_over(bytes, RL_VARINT_MAX);
    cr_expect_eq(rl_get_varint(&reader), most);
  }
  cr_expect_eq(put(0, bytes), 1);
}

Test(varint, signed_numbers_come_back_and_small_ones_are_short)
{
  rl_random random = rl_random_from(rl_test_seed("varint"));
  static const int64_t edges[] = {0, -1, 1, -64, 63, -65, 64, INT64_MIN, INT64_MAX};
  for (unsigned i = 0; i < 5000; i++) {
    int64_t value = i < 9 ? edges[i] : (int64_t)rl_random_magnitude(&random, UINT64_MAX);
    uint8_t bytes[RL_VARINT_MAX];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_put_signed(&writer, value);
    if (value >= -64 && value <= 63)
      cr_assert_eq(writer.used, 1);
    rl_reader reader = rl_reader_over(bytes, writer.used);
    cr_assert_eq(rl_get_signed(&reader), value);
    cr_assert(rl_reader_done(&reader));
  }
}

Test(varint, longer_form_than_needed_is_refused)
{
  cr_expect(readable((const uint8_t[]){0x00}, 1));
  cr_expect_not(readable((const uint8_t[]){0x80, 0x00}, 2));
  cr_expect_not(readable((const uint8_t[]){0xff, 0x80, 0x00}, 3));
}

Test(varint, number_beyond_64_bits_is_refused)
{
  uint8_t bytes[RL_VARINT_MAX + 1];
  memset(bytes, 0xff, sizeof bytes);
  bytes[9] = 0x01;
  cr_expect(readable(bytes, 10));
  bytes[9] = 0x02;
  cr_expect_not(readable(bytes, 10));
  bytes[9] = 0x81;
  bytes[10] = 0x01;
  cr_expect_not(readable(bytes, 11));
}

Test(varint, number_cut_off_is_refused)
{
  uint8_t bytes[RL_VARINT_MAX];
  for (size_t size = put(UINT64_MAX, bytes); size-- > 0;)
    cr_expect_not(readable(bytes, size));
}

Test(checksum, record_holds_until_one_bit_of_it_changes)
{
  uint8_t bytes[40] = "thirty-two bytes of some record.";
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  writer.used = 32;
  rl_put_checksum(&writer);
  cr_assert(rl_checksum_holds(bytes, sizeof bytes));
  for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    cr_expect_not(rl_checksum_holds(bytes, sizeof bytes));
    bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
  }
  cr_expect_not(rl_checksum_holds(bytes, RL_CHECKSUM_SIZE - 1));
}
